"""Room hours offered, booked and attended, for the broker: by month and building, as a page and as a table."""

from datetime import date, timedelta

from flask import Response, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock
from portal.fields import PARTS
from portal.lettings.dates import figures
from portal.lettings.dates.blueprint import bp
from portal.lettings.dates.forms import PeriodForm
from portal.people.access import allow
from portal.people.rules import Role

LONGEST = timedelta(days=366)
BEFORE = timedelta(days=45)  # from the first of a month back into the last but one


@bp.get("/lets/figures", defaults={"kind": "html"})
@bp.get("/lets/figures.<any(csv):kind>")
@allow(Role.BROKER)
def hours(kind: str):
    """Of the days that are asked for; without any of this month and the two before."""
    form = PeriodForm()
    first, last = _asked(form)
    rows = figures.by_building(first, last)
    if kind == "csv":
        answer = Response(figures.as_csv(rows), mimetype="text/csv; charset=utf-8")
        name = f"room-hours-{first.isoformat()}-{last.isoformat()}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    days = {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("first", first), ("last", last))
        for part in PARTS
    }
    page = render_template(
        "lettings/dates/figures.html",
        form=form, first=first, last=last, rows=rows, total=figures.total(rows),
        months=[(format_date(month, "MMMM y"), some) for month, some in figures.together(rows, lambda row: row.month.replace(day=1))],
        buildings=figures.together(rows, lambda row: row.building),
        csv=url_for("dates.hours", kind="csv", **days),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _asked(form: PeriodForm) -> tuple[date, date]:
    today = clock.today()
    last = today
    first = (today.replace(day=1) - BEFORE).replace(day=1)
    if form.validate():
        last = form.last.data or (form.first.data or today)
        last = max(last, today) if form.last.data is None else last
        first = form.first.data or (last.replace(day=1) - BEFORE).replace(day=1)
        if first > last:
            form.last.errors = [_("The last day must not be before the first day.")]
        elif last - first > LONGEST:
            form.last.errors = [_("Ask for a year at most.")]
            first = last - LONGEST
    return min(first, last), last
