"""Pages about who opens a place, and about a holder's terms and closures. Names are for staff only."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.people import queries as people
from portal.people.access import SIGNED_IN, allow, fresh
from portal.venues import forms, opening, queries, termdates, words
from portal.venues.blueprint import bp
from portal.venues.doors import agreed_on
from portal.venues.models import Closure
from portal.web import EXPIRED, Form, attempt, render_form


@bp.get("/venues/<int:asset_id>/openers")
@allow(SIGNED_IN)
def openers(asset_id: int):
    """Who lets people in."""
    asset = queries.place_for(people.me(), asset_id)
    own = queries.keyholders_of(asset_id)
    found = own or queries.who_opens(asset)
    return render_template(
        "venues/openers.html",
        asset=asset,
        own=bool(own),
        above=found[0].asset if found and not own else None,
        people=[(one, words.keyholder(one)) for one in found],
    )


@bp.route("/venues/<int:asset_id>/openers/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def add_opener(asset_id: int):
    form = forms.KeyholderForm()
    if form.validate_on_submit() and attempt(
        form, opening.add_keyholder, current_user.id, asset_id, form.said()
    ):
        flash(_("Saved."))
        return redirect(url_for("venues.openers", asset_id=asset_id))
    asset = queries.place_for(people.me(), asset_id)
    return _form(form, asset.name, url_for("venues.openers", asset_id=asset_id), _("Who opens?"))


@bp.route("/openers/<int:keyholder_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
@fresh
def opener(keyholder_id: int):
    """Change what is said of somebody who opens."""
    one = queries.keyholder_for(people.me(), keyholder_id)
    asset_id, asked = one.asset_id, {name: getattr(one, name) for name in opening.Opens._fields}
    form = forms.KeyholderForm(**asked | {"role": one.role.value, "days": list(one.days)})
    if form.validate_on_submit() and attempt(
        form, opening.change_keyholder, current_user.id, keyholder_id, form.said(), shown=form.shown.data
    ):  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("venues.openers", asset_id=asset_id))
    one = queries.keyholder_for(people.me(), keyholder_id)
    form.shown.data = queries.mark_of_keyholder(one)
    back = url_for("venues.openers", asset_id=asset_id)
    return _form(form, one.asset.name, back, _("Who opens?"), now=words.keyholder(one))


@bp.route("/openers/<int:keyholder_id>/remove", methods=["GET", "POST"])
@allow(SIGNED_IN)
def remove_opener(keyholder_id: int):
    one = queries.keyholder_for(people.me(), keyholder_id)
    asset_id, name, place, form = one.asset_id, one.name, one.asset.name, Form()
    back = url_for("venues.openers", asset_id=asset_id)
    if form.validate_on_submit() and attempt(
        form, opening.remove_keyholder, current_user.id, keyholder_id
    ):
        flash(_("%(name)s does not open here any more.", name=name))
        return redirect(back)
    title = _("Take %(name)s out?", name=name)
    about = _("Name, e-mail address and phone number are deleted. Lets that need somebody to open stay as they are: look through them.")  # fmt: skip
    return _form(form, place, back, title, about=about, button=_("Take out"), serious=True)


@bp.get("/holders/<int:holder_id>/calendar")
@allow(SIGNED_IN)
def calendar(holder_id: int):
    """A holder's terms and closures."""
    holder = queries.holder_for(people.me(), holder_id)
    today = clock.today()
    terms = [term for term in queries.terms_of(holder_id) if term.last >= today]
    closures = queries.closures_of(holder_id, today)
    return render_template(
        "venues/calendar.html",
        holder=holder,
        terms=[(term, words.span(term.first, term.last)) for term in terms],
        closures=[(one, words.span(one.first, one.last), _met(one)) for one in closures],
    )


@bp.route("/holders/<int:holder_id>/terms", methods=["GET", "POST"])
@allow(SIGNED_IN)
def terms(holder_id: int):
    """Add terms: pasted, or out of a calendar file."""
    holder = queries.holder_for(people.me(), holder_id)
    form = forms.TermsForm()
    name, back = holder.name, url_for("venues.calendar", holder_id=holder_id)
    if form.validate_on_submit() and (found := attempt(form, _read_terms, form)):
        count = attempt(form, opening.add_terms, current_user.id, holder_id, found)
        if not form.broken:
            flash(ngettext("%(num)s term is saved.", "%(num)s terms are saved.", int(count or 0)))
            return redirect(back)
    about = _("A term whose first day is known already takes that one's place.")
    return _form(form, name, back, _("Term dates"), about=about, upload=True)


@bp.route("/terms/<int:term_id>/remove", methods=["POST"])
@allow(SIGNED_IN)
def remove_term(term_id: int):
    """One button on the calendar's page."""
    holder_id = queries.term_for(people.me(), term_id).holder_id
    if not Form().validate_on_submit():
        flash(str(EXPIRED))
    else:
        opening.remove_term(current_user.id, term_id)
        flash(_("The term is taken out."))
    return redirect(url_for("venues.calendar", holder_id=holder_id))


@bp.route("/holders/<int:holder_id>/closures", methods=["GET", "POST"])
@allow(SIGNED_IN)
def close(holder_id: int):
    """Close all places of a holder, or one, for some days."""
    holder = queries.holder_for(people.me(), holder_id)
    places = queries.places_of(holder_id)
    form = forms.ClosureForm(holder.name, places, place=request.args.get("place", 0, type=int))
    name, back = holder.name, url_for("venues.calendar", holder_id=holder_id)
    if form.validate_on_submit() and (made := attempt(form, _close, form, holder_id)):
        flash(_("Nothing can be asked for on these days any more."))
        return redirect(url_for("venues.closure", closure_id=made.id))
    about = _("Lets that are agreed already are not cancelled by this. You see them on the next page.")  # fmt: skip
    return _form(form, name, back, _("Close for some days"), about=about)


@bp.get("/closures/<int:closure_id>")
@allow(SIGNED_IN)
def closure(closure_id: int):
    """A closure and the lets that it meets."""
    one = queries.closure_for(people.me(), closure_id)
    return render_template(
        "venues/closure.html", closure=one, days=words.span(one.first, one.last), met=_met(one)
    )


@bp.route("/closures/<int:closure_id>/remove", methods=["POST"])
@allow(SIGNED_IN)
def reopen(closure_id: int):
    """One button on the closure's page."""
    if not Form().validate_on_submit():
        flash(str(EXPIRED))
        return redirect(url_for("venues.closure", closure_id=closure_id))
    holder_id = opening.reopen(current_user.id, closure_id)
    flash(_("Rooms can be asked for on these days again."))
    return redirect(url_for("venues.calendar", holder_id=holder_id))


def _read_terms(form: forms.TermsForm) -> list[termdates.Term]:
    data = form.file.data.read() if form.file.data else b""
    return termdates.read_calendar(data) if data else termdates.read_lines(form.text.data or "")


def _close(form: forms.ClosureForm, holder_id: int) -> Closure:
    first, last = form.first.data, form.last.data or form.first.data
    place = form.place.data or None
    return opening.close(current_user.id, holder_id, place, first, last, form.why.data)


def _met(one: Closure) -> list[Any]:
    return agreed_on(queries.rooms_under(one), one.first, one.last)


def _form(form: Form, place: str, back: str, title: str, **more: Any) -> Any:
    """A form, with whose place it is about and the way back."""
    return render_form("venues/form.html", form, place=place, back=back, title=title, **more)
