"""The audit log as the administrator of an area reads it, and takes it away."""

from urllib.parse import urlencode

from flask import Response, render_template, request, stream_with_context, url_for

from portal import clock
from portal.audit import queries
from portal.errors import BadInput
from portal.people.access import allow
from portal.people.rules import Role
from portal.setup import audit_file, auditing
from portal.setup.blueprint import bp
from portal.web import row_id


@bp.route("/setup/audit")
@allow(Role.ADMINISTRATOR)
def audit_log():
    """The newest first; the next page begins before the last entry of this one, so that a growing log repeats nothing."""
    form = auditing.AuditForm()
    before = request.args.get("before", type=row_id)
    shown, older = auditing.page(form.wanted(), before) if form.validate() else ([], None)
    asked = {name: values for name, values in request.args.lists() if name != "before"}
    page = render_template(
        "setup/audit.html",
        form=form,
        shown=shown,
        asked=any(any(values) for values in asked.values()),
        older=older and f"{request.path}?{urlencode(asked | {'before': [older]}, doseq=True)}",
        newest=before and f"{request.path}?{urlencode(asked, doseq=True)}".rstrip("?"),
        file=f"{url_for('setup.audit_csv')}?{urlencode(asked, doseq=True)}".rstrip("?"),
        head=queries.head(),
    )
    return page, 422 if form.errors else 200


@bp.get("/setup/audit.csv")
@allow(Role.ADMINISTRATOR)
def audit_csv():
    """All that the page's search finds."""
    form = auditing.AuditForm()
    if not form.validate():
        raise BadInput("bad-filter", "What is looked for cannot be read. The page of the audit log says why.")  # fmt: skip
    lines = stream_with_context(audit_file.lines(form.wanted()))
    answer = Response(lines, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-log-{clock.today()}.csv"'
    return answer
