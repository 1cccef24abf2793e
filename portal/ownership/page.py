"""What the pages of questions show and read, put together for the views; no rules here."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from shapely import Point

from portal.areas.queries import Place, current_area
from portal.errors import BadInput
from portal.ownership import forms, places, queries, service, words
from portal.ownership.models import Listener, Question
from portal.ownership.rules import OPEN, Action, Asker, open_to
from portal.people.models import User
from portal.people.queries import groups_of
from portal.people.rules import Role
from portal.register import maps
from portal.register import queries as register
from portal.register.models import Asset
from portal.register.queries import Drawn
from portal.register.rules import Kind
from portal.web import attempt, row_id, stripped

MOST_PAGES = 100_000


class Pressed(NamedTuple):
    """A button of a letter's page: what it does, what is said then, and where that is said."""

    call: Callable[[int], object]
    said: Any


LETTERS = {
    "confirm": Pressed(service.confirm, _l("Thank you. You get a letter at every step.")),
    "leave": Pressed(service.leave, _l("No more letters come. Your address has been deleted.")),
    "withdraw": Pressed(service.withdraw, _l("The question is withdrawn.")),
}


def asset_asked_about() -> Asset | None:
    """The asset of the address (?asset=7), if it names one. Raises NotFound."""
    asset_id = request.args.get("asset", type=row_id)
    return register.asset_with_all(current_area(), asset_id) if asset_id else None


def ask_form(asset: Asset | None, user: User | None) -> forms.AskForm:
    """Filled with what the link brought along: a place (?place=), a pin (?at=lat,lon), words."""
    groups = [one for one in groups_of(user) if not one.private] if user else []
    sent = {name: stripped(value) for name, value in request.args.items()}
    brought = sent.get("at") or sent.get("place") or sent.get("near") or ""
    said = sent.get("words") or words.first_words(asset)
    return forms.AskForm(current_area(), asset, user, groups, data={"place": brought[:250], "words": said[:2000]})  # fmt: skip


def asker(form: Any, user: User | None) -> Asker | None:
    """Who wants the answer, as the form and the session say."""
    group_id = form.group.data if "group" in form else None
    if user is not None:
        wants = form.tell.data if "tell" in form else True
        return Asker(user.email if wants else None, user.name, user.id, group_id or None)
    return Asker(form.email.data) if form.email.data else None


def wants_answer(form: forms.AskForm) -> bool:
    """Whoever joins a question does so for the answer, so that an address is needed."""
    if "email" in form and not form.email.data:
        form.email.errors = [_("Write your e-mail address, so that we can tell you.")]
        return False
    return True


def ask(form: forms.AskForm, asset: Asset | None, user: User | None) -> int | None:
    """Ask; the number, or None with the refusal on the form."""
    return attempt(
        form,
        service.ask,
        area_id=current_area().id,
        asset_id=asset and asset.id,
        place=form.where,
        words=form.words.data,
        asker=asker(form, user),
        source="question",
        once=form.once.data or None,
    )


def thanks(form: Any, *, joined: bool = False) -> str:
    """What is said when it was asked or joined, and what is left to do."""
    done = "" if joined else _("Your question is asked.") + " "
    if "email" in form and form.email.data:
        return done + _("We have sent you a letter. Open its link and press the button, and you hear the answer.")  # fmt: skip
    if "email" in form or ("tell" in form and not form.tell.data):
        return done + _("Keep the address of this page: the answer comes here.")
    return done + _("You get a letter at every step.")


def likely(form: forms.AskForm, asset: Asset | None) -> tuple[list[Question], list[Asset]]:
    """Questions that may be the same, and what the register has at that very place."""
    area, where = current_area(), form.where or _brought(form, asset)
    found = queries.likely(area, asset, where) if asset or where else []
    return found, places.in_register(area, where) if where else []


def nothing_unseen(form: forms.AskForm, asset: Asset | None) -> bool:
    """Whether the page had shown all that may be the same when the form was sent."""
    same, here = likely(form, asset)
    # A second click finds what the first one asked: the service gives the same number again.
    others = [one for one in same if one.once is None or one.once != form.once.data]
    return not set(_keys(others, here)) - form.seen()


def around(form: forms.AskForm, asset: Asset | None) -> dict[str, Any]:
    """What the page shows beside the form; what it shows is remembered in it."""
    same, here = likely(form, asset)
    fresh = form.is_submitted() and bool(set(_keys(same, here)) - form.seen()) and not form.errors
    form.shown.data = ",".join(_keys(same, here))
    shown = {
        "asset": asset,
        "same": same,
        "here": here,
        "look": fresh,
        "words": words,
        "open": OPEN,
    }
    return shown if asset else shown | {"picture": maps.of_area(current_area())}


def _brought(form: forms.AskForm, asset: Asset | None) -> Any:
    """The place of the link, before anything is sent; one that cannot be read is told when it is."""
    if asset is not None or form.is_submitted() or not form.place.data:
        return None
    try:
        return places.read_place(current_area(), form.place.data)
    except BadInput:
        return None


def _keys(same: list[Question], here: list[Asset]) -> list[str]:
    return [f"q{one.id}" for one in same] + [f"a{one.id}" for one in here]


def asked_list(usual: str = "") -> tuple[str, int]:
    """Which filter and page of a list the address asks for."""
    name = request.args.get("state", usual)
    number = max(1, min(request.args.get("page", 1, type=int), MOST_PAGES))
    return name if name in words.FILTERS or name == "all" else usual, number


def own_link(question: Question, user: User | None) -> str | None:
    """Where somebody signed in who asked or joined finds what they can do."""
    listener = queries.listener_for(question, user)
    return listener and url_for("ownership.letters", token=queries.token_of(listener))


def can_withdraw(listener: Listener) -> bool:
    """Whether the table lets this person take the question back now."""
    facts = queries.facts_of(listener.question, listener)
    return Action.WITHDRAW in open_to(listener.question.state, {Role.RESIDENT}, facts)  # fmt: skip


def where(question: Question) -> dict[str, Any]:
    """Its asset if the reader may see it, and a picture of the place."""
    asset, thing = question.asset, None
    if asset is not None and not asset.withheld_why:
        thing = asset
    elif asset is None and question.lon is not None:
        thing = Drawn(Kind.LAND, Point(question.lon, question.lat), outlier=False)
    return {
        "asset": thing if isinstance(thing, Asset) else None,
        "picture": maps.picture(current_area(), [thing] if thing else []),
    }


def near(question: Question, action: Action) -> list[Question]:
    """When a broker joins two: those that may be the same, to choose from."""
    if action is not Action.JOIN:
        return []
    place = None if question.asset else Place(question.place, question.lon, question.lat)
    found = queries.likely(current_area(), question.asset, place)
    return [one for one in found if one.id != question.id]
