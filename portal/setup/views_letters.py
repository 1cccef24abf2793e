"""The outbox as its administrator sees it: what waits, what did not arrive and why; never what stands in a letter."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.areas.queries import current_area
from portal.notices import bounces, govuk_notify, queries, rules, sending
from portal.people.access import PUBLIC, allow
from portal.people.rules import Role
from portal.setup.blueprint import bp
from portal.web import EXPIRED, Form, render_form


@bp.get("/setup/letters")
@allow(Role.ADMINISTRATOR)
def letters():
    area_id = current_area().id
    return render_form(
        "setup/letters.html",
        Form(),
        standing=queries.standing(area_id),
        waiting=queries.waiting(area_id),
        failed=queries.failed(area_id),
        kind=rules.kind_of,
        hidden=rules.hidden,
    )


@bp.post("/setup/letters/<int:letter_id>/again")
@allow(Role.ADMINISTRATOR)
def send_again(letter_id: int):
    if not Form().validate_on_submit():
        flash(str(EXPIRED), "error")
    elif sending.send_again(letter_id, current_area().id):
        flash(_("The letter is tried again within a few minutes."))
    else:
        flash(_("That letter waits already, or has gone."), "error")
    return redirect(url_for("setup.letters"))


@bp.post("/webhooks/notify")
@allow(PUBLIC)
def hear_notify():
    """GOV.UK Notify says what became of an e-mail. Only who has our token is heard."""
    if not govuk_notify.is_from_them(request.headers.get("Authorization", "")):
        return "", 403
    report = bounces.of_notify(request.get_json(silent=True))
    if report is None:
        return "", 400
    bounces.take(report)
    return "", 204
