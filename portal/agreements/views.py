"""Pages of an agreement: its terms, its papers, and the photos of the place's condition."""

import re
from collections.abc import Callable
from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.agreements import (
    acts,
    forms,
    knowing,
    page,
    papers,
    photos,
    queries,
    terms,
    views_cards,
)
from portal.agreements.blueprint import bp
from portal.agreements.models import Agreement
from portal.agreements.rules import PaperKind
from portal.errors import NotFound
from portal.limits import limited
from portal.people.access import SIGNED_IN, allow
from portal.people.queries import me
from portal.proposals.acting import sent
from portal.proposals.models import Proposal
from portal.proposals.views import act
from portal.web import Form, attempt, render_form, stripped

__all__ = ["acts", "bp", "knowing", "views_cards"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ROW = re.compile("[0-9]{1,10}")
ROOM_FOR_PHOTOS = 100_000_000  # bytes sent at once


@bp.app_template_global()
def about_agreement(case: Proposal) -> dict[str, object]:
    """What the action pages show of the agreement beside their forms."""
    agreement = terms.current(case.id)
    return page.terms_page(case, agreement, me()) if agreement else page.helpers()


@bp.app_template_global()
def about_deposit(case: Proposal) -> dict[str, object]:
    """What the pages about the deposit show beside their forms."""
    return page.deposit_page(case)


@bp.app_template_global()
def lawful_notice(case: Proposal) -> tuple[date, date, date] | None:
    """The days that this reader's notice can name."""
    return page.lawful_notice(case, me())


bp.add_app_template_global(page.paper_text)
bp.add_app_template_global(page.file_url)


@bp.get("/cases/<int:case_id>/agreement")
@allow(SIGNED_IN)
def one(case_id: int):
    case, agreement = queries.for_insider(case_id, me())
    return render_template("agreements/agreement.html", **page.terms_page(case, agreement, me()))


@bp.route("/cases/<int:case_id>/change-terms", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change_terms(case_id: int):
    """One term, named in the address; whoever comes without one chooses it on the page of the terms."""
    if not request.args.get("term"):
        return redirect(url_for("agreements.one", case_id=case_id, _anchor="terms"))
    return _back_to_terms(act(case_id, "change-terms"), case_id)


@bp.route("/cases/<int:case_id>/accept-terms", methods=["GET", "POST"])
@allow(SIGNED_IN)
def accept_terms(case_id: int):
    return _back_to_terms(act(case_id, "accept-terms"), case_id)


def _back_to_terms(answer, case_id: int):
    """After a term the page of all terms, where the next one waits."""
    if request.method == "POST" and isinstance(answer, BaseResponse):
        return redirect(url_for("agreements.one", case_id=case_id))
    return answer


@bp.get("/cases/<int:case_id>/agreement/<int:edition>/draft.pdf")
@limited("paper")
@allow(SIGNED_IN)
def draft_pdf(case_id: int, edition: int):
    """As it stands now, for reading and for the file; what is signed is a stored paper, never this."""
    case, agreement = _with_terms(case_id, edition)
    return _file(papers.drawn(case, agreement), papers.PDF, f"draft-{case_id}-{edition}.pdf")


@bp.get("/cases/<int:case_id>/agreement/<int:edition>/draft.docx")
@limited("paper")
@allow(SIGNED_IN)
def draft_docx(case_id: int, edition: int):
    """The same to edit, for a council's solicitor."""
    case, agreement = _with_terms(case_id, edition)
    return _file(papers.editable(case, agreement), DOCX, f"agreement-{case_id}-{edition}.docx")


@bp.get("/cases/<int:case_id>/agreement/<int:edition>/for-signing.pdf")
@allow(SIGNED_IN)
def for_signing(case_id: int, edition: int):
    return _stored(case_id, edition, PaperKind.FOR_SIGNING)


@bp.get("/cases/<int:case_id>/agreement/<int:edition>/signed.pdf")
@allow(SIGNED_IN)
def signed(case_id: int, edition: int):
    return _stored(case_id, edition, PaperKind.SIGNED)


@bp.route("/cases/<int:case_id>/agreement/photos", methods=["GET", "POST"])
@allow(SIGNED_IN)
def condition_photos(case_id: int):
    """Photos are kept as soon as they are sent, whatever else is wrong; what each shows can be said afterwards."""
    case, _agreement = queries.for_insider(case_id, me())
    request.max_content_length = ROOM_FOR_PHOTOS
    form = forms.photos_form()
    if form.validate_on_submit() and _keep(form, case_id):
        flash(_("Saved."))
        return redirect(url_for("agreements.condition_photos", case_id=case_id))
    case, _agreement = queries.for_insider(case_id, me())
    moment = photos.moment_of(case)
    shown = photos.of(case, moment) if moment else []
    return render_form(
        "agreements/photos.html", form, case=case, moment=moment, photos=shown, user=me()
    )


def _keep(form: Form, case_id: int) -> bool:
    """Words first, then what goes, then what comes; True when nothing was refused."""
    words = {
        int(number): str(stripped(text))
        for name, text in request.form.items()
        if (number := name.removeprefix("shows-")) != name and ROW.fullmatch(number)
    }
    calls: list[tuple[Callable[..., object], object]] = [(photos.describe, words)] if words else []
    if gone := request.form.get("remove", type=int):
        calls.append((photos.remove, gone))
    if new := sent(form.photos):
        calls.append((photos.add, new))
    for call, what in calls:
        refused = attempt(form, call, case_id, current_user.id, what)
        if isinstance(refused, list):
            form.form_errors += refused
    return not form.form_errors


def _edition(case_id: int, edition: int) -> tuple[Proposal, Agreement]:
    return queries.edition_for_insider(case_id, edition, me())


def _with_terms(case_id: int, edition: int) -> tuple[Proposal, Agreement]:
    """One that can be drawn: what was signed before there were terms is a text and nothing else."""
    case, agreement = _edition(case_id, edition)
    if not agreement.terms:
        raise NotFound("no-paper", "There is no such paper yet.")
    return case, agreement


def _stored(case_id: int, edition: int, kind: PaperKind) -> Response:
    """The kept bytes and no others: what was signed is never drawn anew."""
    _case, agreement = _edition(case_id, edition)
    paper = next((paper for paper in agreement.papers if paper.kind is kind), None)
    if paper is None:
        raise NotFound("no-paper", "There is no such paper yet.")
    ending = "pdf" if paper.mime == papers.PDF else "txt"
    name = f"{kind.value.replace('_', '-')}-{case_id}-{edition}.{ending}"
    answer = _file(paper.data, paper.mime, name)
    answer.headers["Repr-Digest"] = f"sha-256=:{papers.base64_of(paper.sha256)}:"
    return answer


def _file(data: bytes, mime: str, name: str) -> Response:
    answer = Response(data, mimetype=mime)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
