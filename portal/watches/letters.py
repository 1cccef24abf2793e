"""Letters of a watch. Each says why one gets it and how to end it; a subject line names no place."""

from flask import current_app
from flask_babel import LazyString, format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.areas.queries import current_area
from portal.notices import service as notices
from portal.register.models import Asset
from portal.register.words import KIND, address
from portal.states import state_words
from portal.watches import words
from portal.watches.models import Watch
from portal.watches.queries import News
from portal.watches.rules import MOST, SILENCE


def of_asking(watch: Watch) -> None:
    """The address is confirmed by a link in it; one that is known gets the link to change or end its watch."""
    known = watch.confirmed_at is not None
    subject = _l("You are watching this already") if known else _l("Shall we write to you? Please confirm")  # fmt: skip
    # Another letter for who asks again after ten minutes, none for a second click.
    now = clock.now()
    _write(watch, subject, LazyString(_of_asking, watch), f"ask:{now:%Y%m%d%H}{now.minute // 10}:{known}")  # fmt: skip


def _of_asking(watch: Watch) -> str:
    if watch.confirmed_at is None:
        what = _("Somebody, we hope you, asked us to write to you when something is new here:")
        then = _("If that is right, open this link and press the button. It works for a week:")
        end = _("If it was not you, do nothing: you get no letters without it.")
    else:
        what = _("You are watching this already, and we write to you when something is new:")
        then = _("To change how often we write, or to end it:")
        end = _("If you did not ask just now, do nothing.")
    return "\n\n".join((what, _spoken(watch), f"{then}\n{_address(watch)}", end))


def of_too_many(email: str, watches: list[Watch]) -> None:
    """An address watches as much as it can; what could be ended, it alone learns."""
    notices.write(
        to=email,
        subject=_l("You are watching as much as you can"),
        body=LazyString(_of_too_many, watches),
        key=f"{key_of(watches[0])}many:{clock.today()}",
    )


def _of_too_many(watches: list[Watch]) -> str:
    listed = "\n\n".join(f"{_spoken(watch)}\n{_address(watch)}" for watch in watches[:MOST])
    return _(
        "You asked to watch one more search, but an address can watch %(most)s at most. "
        "To end one, open its link:\n\n%(listed)s",
        most=MOST,
        listed=listed,
    )


def of_news(watch: Watch, shown: list[tuple[News, Asset]], more: int) -> None:
    """What is new: some places, and how many more."""
    subject = LazyString(_of_number, len(shown) + more)
    body = LazyString(_of_news, watch, shown, more)
    _write(watch, subject, body, f"news:{watch.looked_at:%Y%m%d%H%M%S}")


def _of_number(new: int) -> str:
    return ngettext(
        "%(num)d place is new in what you watch", "%(num)d places are new in what you watch", new
    )


def _of_news(watch: Watch, shown: list[tuple[News, Asset]], more: int) -> str:
    listed = "\n\n".join(_line(news, asset) for news, asset in shown)
    parts = [_("What you watch:"), _spoken(watch), listed]
    if more:
        rest = ngettext("And %(num)d more.", "And %(num)d more.", more)
        parts.append(f"{rest} " + _("All of the search: %(link)s", link=_list(watch)))
    return "\n\n".join(parts)


def of_loss(watch: Watch) -> None:
    """The search means nothing any more: a ward was redrawn, a holder is gone."""
    _write(watch, _l("A watch of yours has ended"), LazyString(_of_loss, watch), "lost")


def _of_loss(watch: Watch) -> str:
    lost = words.read(current_area(), watch.query).errors_read
    return _(
        "You watch something that we do not find any more: %(why)s\n\n"
        "So this watch has ended. To watch something else, look for it here and press “Watch this search”:\n%(link)s",
        why=" ".join(lost.values()),
        link=_list(watch),
    )


def of_doubt(watch: Watch) -> None:
    """After two years without a word."""
    body = LazyString(_of_doubt, watch)
    _write(watch, _l("Do you still want our letters?"), body, f"doubt:{clock.today()}")


def _of_doubt(watch: Watch) -> str:
    return _(
        "You asked us on %(day)s to write to you when something is new here:\n\n%(what)s\n\n"
        "Do you still want it? Then open this link and press “Save”. Otherwise it ends by itself in %(days)s days.\n%(link)s",
        day=format_date(watch.asked_at, "d MMMM y"),
        what=_spoken(watch),
        days=SILENCE.days,
        link=_address(watch),
    )


def key_of(watch: Watch) -> str:
    """How the keys of all its letters begin; not by its number, which another may have after it."""
    return f"watch:{watch.token[:20]}:"


def _write(watch: Watch, subject: LazyString, body: LazyString, key: str) -> None:
    notices.write(
        to=watch.email,
        subject=subject,
        body=LazyString(_with_why, watch, body),
        key=f"{key_of(watch)}{key}",
        leave_url=f"{_address(watch)}/leave",
    )


def _with_why(watch: Watch, body: LazyString) -> str:
    why = _(
        "You get this letter because this address was given at %(name)s on %(day)s.\n"
        "To get no more, one click: %(leave)s",
        name=current_area().product_name,
        day=format_date(watch.asked_at, "d MMMM y"),
        leave=f"{_address(watch)}/leave",
    )
    return f"{body}\n\n--\n{why}"


def _line(news: News, asset: Asset) -> str:
    where = address(asset) or (asset.ward.name if asset.ward else "")
    stands = state_words(asset.status.value)[0]
    facts = ", ".join(filter(None, (str(KIND[asset.kind]), str(stands), where)))
    return f"{asset.name}\n{words.NEWS[news.why]}. {facts}.\n{_base()}/assets/{asset.id}"


def _spoken(watch: Watch) -> str:
    return "\n".join(f"  * {one}" for one in words.spoken(words.read(current_area(), watch.query)))


def _list(watch: Watch) -> str:
    return f"{_base()}/assets?{watch.query}".rstrip("?")


def _address(watch: Watch) -> str:
    return f"{_base()}/watches/{watch.token}"


def _base() -> str:
    return current_app.config["BASE_URL"]
