"""The administrator's pages: the area's settings and roles."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from portal.areas import service as areas
from portal.areas.queries import current_area, wards_of
from portal.people import queries, service
from portal.people.access import allow, fresh
from portal.people.rules import Role
from portal.policy.queries import choosable
from portal.setup import views_audit, views_letters
from portal.setup.blueprint import bp
from portal.setup.forms import AreaForm, RoleForm, residents_form, ward_field
from portal.web import EXPIRED, Form, attempt, render_form

__all__ = ["bp", "views_audit", "views_letters"]


@bp.route("/setup", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@fresh
def settings():
    area = current_area()
    form = AreaForm(obj=area)
    rules = choosable(area)
    form.profile.choices = [SelectChoice(profile.name, _(profile.title)) for profile in rules]
    if form.validate_on_submit():
        values = {name: value for name, value in form.data.items() if name != "csrf_token"}
        if attempt(form, areas.change_settings, area.id, by=queries.me().id, **values):
            flash(_("The settings have been saved."))
            return redirect(url_for("setup.settings"))
    return render_form("setup/settings.html", form, rules=rules)


@bp.route("/setup/residents", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def residents():
    """How many people live here: a petition may need a share of them."""
    area, wards = current_area(), wards_of(current_area())
    known = {"whole": area.population, "source": area.population_source}
    form = residents_form(wards)(data=known | {ward_field(w): w.population for w in wards})
    if form.validate_on_submit():
        numbers = {ward.id: form[ward_field(ward)].data for ward in wards}
        source = form.source.data or ""
        values = (area.id, form.whole.data, numbers, source)
        if attempt(form, areas.set_population, *values, by=queries.me().id):
            flash(_("The numbers have been saved."))
            return redirect(url_for("setup.residents"))
    boxes = [form[ward_field(ward)] for ward in wards_of(current_area())]
    return render_form("setup/residents.html", form, boxes=boxes)


@bp.route("/setup/roles", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@fresh
def roles():
    form = RoleForm()
    form.holder.choices = [
        SelectChoice(0, _("No holder")),
        *(SelectChoice(holder.id, holder.name) for holder in queries.holders()),
    ]
    if form.validate_on_submit():
        role = Role(form.role.data)
        given = attempt(
            form,
            service.give_role,
            form.email.data,
            role,
            name=form.name.data or None,
            holder_id=form.holder.data if role is Role.OFFICER else None,
        )
        if given:
            flash(_("The role has been given."))
            return redirect(url_for("setup.roles"))
    return render_form("setup/roles.html", form, grants=queries.every_grant())


@bp.post("/setup/roles/<int:grant_id>/take")
@allow(Role.ADMINISTRATOR)
@fresh
def take_role(grant_id: int):
    form = Form()
    if form.validate_on_submit():
        service.take_role(grant_id)
        flash(_("The role has been taken away."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("setup.roles"))
