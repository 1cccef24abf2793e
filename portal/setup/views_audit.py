"""The audit log as the administrator of an area reads it."""

from urllib.parse import urlencode

from flask import render_template, request

from portal.audit import queries
from portal.people.access import allow
from portal.people.rules import Role
from portal.setup import auditing
from portal.setup.blueprint import bp
from portal.web import row_id


@bp.route("/setup/audit")
@allow(Role.ADMINISTRATOR)
def audit_log():
    """The newest first; the next page begins before the last entry of this one, so that a growing log repeats nothing."""
    form = auditing.AuditForm()
    before = request.args.get("before", type=row_id)
    shown, older = auditing.page(form.wanted(), before) if form.validate() else ([], None)
    asked = request.args.to_dict(flat=False) | {"before": [older]}
    page = render_template(
        "setup/audit.html",
        form=form,
        shown=shown,
        older=older and f"{request.path}?{urlencode(asked, doseq=True)}",
        newest=before is None,
        head=queries.head(),
    )
    return page, 422 if form.errors else 200
