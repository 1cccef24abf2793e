"""Letters of a watch. Each says why one gets it and how to end it; a subject line names no place."""

from flask import current_app
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

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
    if watch.confirmed_at is None:
        subject = _("Shall we write to you? Please confirm")
        what = _("Somebody, we hope you, asked us to write to you when something is new here:")
        then = _("If that is right, open this link and press the button. It works for a week:")
        end = _("If it was not you, do nothing: you get no letters without it.")
    else:
        subject = _("You are watching this already")
        what = _("You are watching this already, and we write to you when something is new:")
        then = _("To change how often we write, or to end it:")
        end = _("If you did not ask just now, do nothing.")
    body = "\n\n".join((what, _spoken(watch), f"{then}\n{_address(watch)}", end))
    # Another letter for who asks again after ten minutes, none for a second click.
    now = clock.now()
    _write(watch, subject, body, f"ask:{now:%Y%m%d%H}{now.minute // 10}:{bool(watch.confirmed_at)}")


def of_too_many(email: str, watches: list[Watch]) -> None:
    """An address watches as much as it can; what could be ended, it alone learns."""
    listed = "\n\n".join(f"{_spoken(watch)}\n{_address(watch)}" for watch in watches[:MOST])
    notices.write(
        to=email,
        subject=_("You are watching as much as you can"),
        body=_(
            "You asked to watch one more search, but an address can watch %(most)s at most. "
            "To end one, open its link:\n\n%(listed)s",
            most=MOST,
            listed=listed,
        ),
        key=f"{key_of(watches[0])}many:{clock.today()}",
    )


def of_news(watch: Watch, shown: list[tuple[News, Asset]], more: int) -> None:
    """What is new: some places, and how many more."""
    total = len(shown) + more
    listed = "\n\n".join(_line(news, asset) for news, asset in shown)
    parts = [_("What you watch:"), _spoken(watch), listed]
    if more:
        rest = ngettext("And %(num)d more.", "And %(num)d more.", more)
        parts.append(f"{rest} " + _("All of the search: %(link)s", link=_list(watch)))
    subject = ngettext(
        "%(num)d place is new in what you watch", "%(num)d places are new in what you watch", total
    )
    _write(watch, subject, "\n\n".join(parts), f"news:{watch.looked_at:%Y%m%d%H%M%S}")


def of_loss(watch: Watch, sentences: list[str]) -> None:
    """The search means nothing any more: a ward was redrawn, a holder is gone."""
    body = _(
        "You watch something that we do not find any more: %(why)s\n\n"
        "So this watch has ended. To watch something else, look for it here and press “Watch this search”:\n%(link)s",
        why=" ".join(sentences),
        link=_list(watch),
    )
    _write(watch, _("A watch of yours has ended"), body, "lost")


def of_doubt(watch: Watch) -> None:
    """After two years without a word."""
    body = _(
        "You asked us on %(day)s to write to you when something is new here:\n\n%(what)s\n\n"
        "Do you still want it? Then open this link and press “Save”. Otherwise it ends by itself in %(days)s days.\n%(link)s",
        day=format_date(watch.asked_at, "d MMMM y"),
        what=_spoken(watch),
        days=SILENCE.days,
        link=_address(watch),
    )
    _write(watch, _("Do you still want our letters?"), body, f"doubt:{clock.today()}")


def key_of(watch: Watch) -> str:
    """How the keys of all its letters begin; not by its number, which another may have after it."""
    return f"watch:{watch.token[:20]}:"


def _write(watch: Watch, subject: str, body: str, key: str) -> None:
    why = _(
        "You get this letter because this address was given at %(name)s on %(day)s.\n"
        "To get no more, one click: %(leave)s",
        name=current_area().product_name,
        day=format_date(watch.asked_at, "d MMMM y"),
        leave=f"{_address(watch)}/leave",
    )
    notices.write(
        to=watch.email,
        subject=subject,
        body=f"{body}\n\n--\n{why}",
        key=f"{key_of(watch)}{key}",
        leave_url=f"{_address(watch)}/leave",
    )


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
    return str(current_app.config["BASE_URL"]).rstrip("/")
