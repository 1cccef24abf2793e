"""The register of cases: its pages, its feed, its files, and the figures of a year."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, stream_with_context, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.areas.queries import current_area
from portal.errors import BadInput
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.people.queries import holders
from portal.proposals import page, queries, words
from portal.proposals.acts import signed_in
from portal.proposals.blueprint import bp
from portal.proposals.docket import feed as register_feed
from portal.proposals.docket import figures
from portal.proposals.docket import files as register_files
from portal.proposals.docket import search as register
from portal.proposals.docket.forms import CasesForm
from portal.proposals.docket.words import COLUMNS, TRACKS
from portal.web import render_form, row_id


@bp.get("/cases")
@allow(PUBLIC)
def cases():
    """All cases, past and present, that the filters in the address leave."""
    form = CasesForm(current_area(), request.args)
    if "" in request.args.values() and not form.asked.wrong:
        # An address to pass on, without what was left empty.
        return redirect(same(form, "proposals.cases"))
    form.offer()
    after = request.args.get("after", type=row_id)
    return render_form(
        "proposals/cases.html",
        form,
        found=register.page(form.search, after),
        phases=_phases(form.search),
        mine=queries.mine(signed_in(current_user)),
        is_late=register.is_late,
        same=lambda endpoint="proposals.cases", **more: same(form, endpoint, **more),
        tracks=TRACKS,
        **page.helpers(),
    )


def _phases(search: register.Search) -> list[tuple[str, str, bool]]:
    """The short ways in: words, address, whether the reader is there."""
    here = set(search.chosen.get("state", ()))
    ways = [(_("All"), "", not here and not search.overdue)]
    for said, states in words.PHASES.values():
        query = urlencode([("state", state.value) for state in states])
        ways.append((str(said), query, here == set(states)))
    ways.append((_("Overdue"), "overdue=1", search.overdue))
    base = url_for("proposals.cases")
    return [(said, f"{base}?{query}" if query else base, now) for said, query, now in ways]


def same(form: CasesForm, endpoint: str, **more: object) -> str:
    """The address of the same search on another page, or with something more."""
    asked = [*form.asked.given.items(multi=True), *more.items()]
    kept = [(name, str(value)) for name, value in asked if value is not None]
    return url_for(endpoint) + (f"?{urlencode(kept)}" if kept else "")


def _asked() -> register.Asked:
    """What a program asks for; it is told what makes no sense, because it cannot see it."""
    asked = register.read(request.args)
    if asked.wrong:
        raise BadInput(
            "bad-filter",
            "These filters cannot be read: %(names)s. The page “All cases” makes addresses that can.",
            names=", ".join(asked.wrong),
        )
    return asked


@bp.get("/cases.csv")
@limited("download")
@allow(PUBLIC)
def cases_csv():
    lines = register_files.as_csv(register.ids_of(_asked().search))
    return _sent(stream_with_context(lines), "text/csv", "csv")


@bp.get("/cases.json")
@limited("download")
@allow(PUBLIC)
def cases_json():
    parts = register_files.as_json(register.ids_of(_asked().search))
    return _sent(stream_with_context(parts), "application/json", "json")


def _sent(body: Iterable[Any], kind: str, ending: str) -> Response:
    """A file to keep, named after the area and the day."""
    name = f"{current_area().slug}-cases-{clock.today():%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=kind, headers=headers)


@bp.get("/cases/columns")
@allow(PUBLIC)
def columns():
    """What stands in each column of the files."""
    return render_template("proposals/columns.html", columns=COLUMNS)


@bp.get("/cases.atom")
@allow(PUBLIC)
def cases_atom():
    """The newest steps of the cases of a search, for feed readers."""
    asked = _asked()
    steps = register_feed.newest(asked.search)
    query = urlencode(list(asked.given.items(multi=True)))
    body = register_feed.document(current_area(), query, steps, str(get_locale()))
    answer = Response(body, mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = "no-cache"  # may be kept, must be asked for
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.last_modified = register_feed.updated(steps)
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/cases/figures")
@allow(PUBLIC)
def year_figures():
    """What came and how it ended in a year from 1 April to 31 March, as Scotland's Act asks of each body."""
    first, this = figures.years()
    year = request.args.get("year", type=int)
    year = year if year is not None and first <= year <= this else this
    holder_id = request.args.get("holder", type=row_id)
    known = {one.id: one.name for one in holders()}
    return render_template(
        "proposals/figures.html",
        year=year,
        years=range(this, first - 1, -1),
        holders=known,
        holder_id=holder_id if holder_id in known else None,
        found=figures.of_year(year, holder_id if holder_id in known else None),
        tracks=TRACKS,
    )
