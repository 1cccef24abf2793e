"""What a broker can do with a report: one row an action. The page, its form and its buttons read this."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.queries import Place, current_area
from portal.errors import BadInput
from portal.people.queries import holders
from portal.register.forms import distance_words
from portal.register.nearby import find_place
from portal.register.rules import Kind
from portal.sightings import answering, forms, queries
from portal.sightings.models import Sighting
from portal.sightings.queries import Near
from portal.sightings.rules import Action, Reason
from portal.web import Form, stripped


class Act(NamedTuple):
    """How an action is asked for and done. `form(report)` builds it, `run(user_id, report_id, form)` does it."""

    title: Any
    about: Any
    button: Any
    done: Any
    form: Callable[[Sighting], Form]
    run: Callable[[int, int, Any], object]
    serious: bool = False


def point_of(one: Sighting) -> Place:
    """Where a report says that it is."""
    return Place(one.called, one.lon, one.lat)


def looked_near() -> str:
    """Where the broker looks for the place instead of around the report."""
    return stripped(request.args.get("near", ""))


def around(one: Sighting) -> list[Near]:
    """The places that a report may be about: around it, or around what the broker looks for instead."""
    area = current_area()
    place = point_of(one)
    if text := looked_near():
        try:
            place = find_place(area, text)
        except BadInput:
            return []
    near = queries.assets_near(area, place)
    if one.asset is not None and one.asset not in [other.thing for other in near]:
        near.insert(0, Near(one.asset, queries.metres_to(area, place, one.asset)))
    return near


def _photo_form(base: type[forms.PublishForm], one: Sighting) -> type[forms.PublishForm]:
    return forms.with_photos(base, queries.photos_of(queries.with_joined(one)))


def _accept_form(one: Sighting) -> Form:
    form = _photo_form(forms.AcceptForm, one)(
        words=one.words, where=f"{one.lat:.5f}, {one.lon:.5f}"
    )
    return form.over(current_area(), holders())


def _accept(by: int, sighting_id: int, form: forms.AcceptForm) -> None:
    known = form.holder.data != forms.NOT_KNOWN
    found = answering.Found(
        kind=Kind(form.kind.data),
        name=form.name.data,
        place=form.place,
        holder_id=int(form.holder.data) if known else None,
        street=form.street.data or "",
        postcode=form.postcode.data or "",
    )
    answering.accept(by, sighting_id, found, shown=form.shown)


def _merge_form(one: Sighting) -> Form:
    said = str(one.asset_id) if one.asset_id else None
    form = _photo_form(forms.MergeForm, one)(words=one.words, asset=said)
    return form.over(around(one), _how_far)


def _how_far(near: Near) -> str:
    return _("%(distance)s away", distance=distance_words(near.metres))


def _merge(by: int, sighting_id: int, form: forms.MergeForm) -> None:
    answering.merge(
        by, sighting_id, int(form.asset.data), shown=form.shown, vacant=form.vacant.data
    )


def _decline(by: int, sighting_id: int, form: forms.DeclineForm) -> None:
    answering.decline(by, sighting_id, Reason(form.reason.data), answer=form.answer.data or "")


def _show_form(one: Sighting) -> Form:
    return _photo_form(forms.PublishForm, one)(words=one.shown_words)


def _show(by: int, sighting_id: int, form: forms.PublishForm) -> None:
    answering.show(by, sighting_id, form.shown)


ACTS = {
    Action.ACCEPT: Act(
        _l("Put this place into the register"),
        _l("It is shown to everybody as vacant, and the person who reported it hears of it."),
        _l("Put it into the register"),
        _l("The place is in the register."),
        _accept_form,
        _accept,
    ),
    Action.MERGE: Act(
        _l("Add it to a place that is known"),
        _l("The report and its photos go to that place, and the person who reported it hears of it."),
        _l("Add the report to this place"),
        _l("The report is with its place."),
        _merge_form,
        _merge,
    ),
    Action.DECLINE: Act(
        _l("Decline this report"),
        _l("The person who reported it reads your reason. The photos are deleted after 30 days."),
        _l("Decline"),
        _l("Declined."),
        lambda _one: forms.DeclineForm(),
        _decline,
        serious=True,
    ),
    Action.SHOW: Act(
        _l("Choose what is public"),
        _l("What you take back is gone from the place's page at once."),
        _l("Save"),
        _l("Saved."),
        _show_form,
        _show,
    ),
}  # fmt: skip
