"""The papers of an agreement: made once, their exact bytes kept. Nothing here draws a kept paper anew."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from datetime import date

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from portal import clock
from portal.agreements import clauses, deposits, plan, rules, tenure, terms
from portal.agreements.models import Agreement, AgreementPaper, Signature
from portal.agreements.rules import PaperKind, Route
from portal.agreements.words import FORMS, LAW, SIGNED_FOR, UNTIL_SIGNED, say
from portal.areas.models import Area
from portal.config import FIRST_LANGUAGE
from portal.db import db
from portal.documents import drawings, make, word
from portal.people.rules import Role
from portal.proposals.models import Proposal
from portal.proposals.moves import Turn
from portal.web import day, moment

PDF = "application/pdf"


def make_if_ready(turn: Turn, agreement: Agreement) -> None:
    """When nothing is open any more: the deposit is asked for, and the paper that both sides sign is made."""
    if not terms.all_accepted(agreement) or tenure.is_missing(turn.case, agreement):
        return
    deposits.ask(agreement, int(terms.values_of(agreement)["deposit"]))
    _keep(agreement, PaperKind.FOR_SIGNING, drawn(turn.case, agreement))
    turn.session.flush()


def make_signed(case: Proposal, agreement: Agreement) -> None:
    """The paper with both signatures and the fingerprint of what they stand under."""
    _keep(agreement, PaperKind.SIGNED, drawn(case, agreement, agreement.signatures))


def _keep(agreement: Agreement, kind: PaperKind, data: bytes) -> None:
    fingerprint = hashlib.sha256(data).hexdigest()
    paper = AgreementPaper(kind=kind, mime=PDF, data=data, sha256=fingerprint, made_at=clock.now())
    agreement.papers.append(paper)


def drawn(case: Proposal, agreement: Agreement, signatures: Iterable[Signature] = ()) -> bytes:
    """The PDF of an edition as it stands now."""
    data = content(case, agreement, signatures)
    return make.pdf("agreement", data, lang=FIRST_LANGUAGE, made=clock.now())


def editable(case: Proposal, agreement: Agreement) -> bytes:
    """The same as a Word file, to be edited outside of the portal; nothing that is signed here is made of it."""
    data = content(case, agreement)
    return word.docx(data, lang=FIRST_LANGUAGE, made=clock.now())


def base64_of(sha256: str) -> str:
    """A fingerprint in hexadecimal as HTTP writes it (RFC 9530)."""
    return b64encode(bytes.fromhex(sha256)).decode()


def content(
    case: Proposal, agreement: Agreement, signatures: Iterable[Signature] = ()
) -> dict[str, object]:
    """What the paper says, as `documents.shapes.Agreement` has it; in the first language, which is what is signed."""
    with force_locale(FIRST_LANGUAGE):
        return _content(case, agreement, list(signatures))


def _content(
    case: Proposal, agreement: Agreement, signatures: list[Signature]
) -> dict[str, object]:
    area = db.session.get_one(Area, case.asset.area_id)
    values, said = _values(case, agreement, area), terms.values_of(agreement)
    form = str(FORMS[agreement.form])
    reference = _("Case %(number)s, edition %(edition)s", number=case.id, edition=agreement.edition)
    ready = bool(agreement.sha256) or bool(signatures) or _is_ready(case, agreement)
    return {
        "title": f"{form}: {case.asset.name}",
        "area": area.name,
        "product": area.product_name,
        "colour": area.colour,
        **({"mark": drawings.mark(area.mark)} if area.mark else {}),
        **({} if ready else {"banner": str(UNTIL_SIGNED)}),
        "opening": [clauses.opening(agreement.form, values)],
        "parties_heading": _("Between"),
        "parties": _parties(case),
        "facts_heading": _("At a glance"),
        "facts": [
            (_("Place"), values["place"]),
            (_("First day"), values["starts_on"]),
            (_("Last day"), values["ends_on"]),
            (_("Rent"), say("rent", said["rent"])),
            (_("Deposit"), say("deposit", said["deposit"])),
        ],
        "clauses": clauses.chosen(agreement.form, area.nation, _there(agreement, values), values),
        "schedules": [_schedule(case, area)],
        "signatures_heading": _("Signatures"),
        "signatures_opening": [_under_what(agreement, signatures)],
        "signatures": [_signature(role, case, signatures) for role in rules.SIDES],
        "reference": f"{reference} · {form}",
        "page": _("Page {page} of {pages}"),
    }


def _is_ready(case: Proposal, agreement: Agreement) -> bool:
    return terms.all_accepted(agreement) and not tenure.is_missing(case, agreement)


def _values(case: Proposal, agreement: Agreement, area: Area) -> dict[str, str]:
    """Everything that a clause may name in braces."""
    kept = terms.values_of(agreement)
    said = {key: say(key, value) if value else "" for key, value in kept.items()}
    record = agreement.contracting_out
    declaration = {
        Route.SIMPLE: _("a declaration"),
        Route.STATUTORY: _("a statutory declaration"),
    }
    return {
        **said,
        "months": _months(agreement.term_months),
        "break_holder": _notice(said["break_holder"]),
        "break_group": _notice(said["break_group"]),
        "break_when": _("after month %(number)s and not before", number=after)
        if (after := said["break_after"]) != "0"
        else _("at any time"),
        "edition": str(agreement.edition),
        "starts_on": day(agreement.starts_on),
        "ends_on": day(_last_of_term(agreement)),
        "group": _group(case),
        "holder": case.asset.holder.name,
        "place": case.asset.name,
        "code": case.asset.code,
        "law": str(LAW[area.nation]),
        "notice_on": day(record.notice_on) if record else "",
        "declared_on": day(record.declared_on) if record else "",
        "declared_by": record.declared_by if record else "",
        "declaration": declaration[record.route] if record else "",
        "rent": _small(said["rent"]),
    }


def _months(number: int) -> str:
    return ngettext("%(num)s month", "%(num)s months", number)


def _notice(number: str) -> str:
    return ngettext("one month's", "%(num)s months'", int(number))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _last_of_term(agreement: Agreement) -> date:
    return rules.last_day(agreement.starts_on, agreement.term_months)


def _there(agreement: Agreement, values: dict[str, str]) -> frozenset[str]:
    """Which of the clauses' `when` hold."""
    holds = {
        "contracted_out": agreement.contracting_out is not None,
        "renewal": agreement.edition > 1,
        "further": bool(values["further"]),
        "deposit": terms.values_of(agreement)["deposit"] != "0",
        "no_deposit": terms.values_of(agreement)["deposit"] == "0",
    }
    return frozenset(name for name, there in holds.items() if there)


def _group(case: Proposal) -> str:
    sponsor = case.group.sponsor
    return (
        _("%(group)s, with %(sponsor)s standing behind it", group=case.group.name, sponsor=sponsor)
        if sponsor
        else case.group.name
    )


def _parties(case: Proposal) -> list[dict[str, object]]:
    sponsor = case.group.sponsor
    behind = [_("%(name)s stands behind it", name=sponsor)] if sponsor else []
    return [
        {"role": _("The holder"), "name": case.asset.holder.name, "lines": []},
        {"role": _("The group"), "name": case.group.name, "lines": behind},
    ]


def _schedule(case: Proposal, area: Area) -> dict[str, object]:
    """The place with its plan, and where its condition is on record."""
    address = f"{current_app.config['BASE_URL']}/assets/{case.asset_id}"
    place = _("%(place)s, %(code)s in the register: %(address)s", place=case.asset.name, code=case.asset.code, address=address)  # fmt: skip
    parts: list[dict[str, object]] = [{"kind": "text", "paragraphs": [place]}]
    if drawing := plan.plan_of(case.asset, area):
        parts.append({"kind": "pictures", "pictures": [(drawing, plan.caption(case.asset))]})
    condition = _("How the place is when it is handed over is recorded in the portal with words and photographs, and both sides can read it there from that day on.")  # fmt: skip
    parts.append({"kind": "text", "heading": _("Its condition"), "paragraphs": [condition]})
    return {"heading": _("Schedule: the place"), "parts": parts}


def _under_what(agreement: Agreement, signatures: list[Signature]) -> str:
    if not signatures:
        return _("Both sides sign this very file in the portal. Its fingerprint (SHA-256) is kept with each signature, so a changed file cannot pass for it.")  # fmt: skip
    return _("Both sides signed a file whose fingerprint (SHA-256) is %(hash)s. It is kept, byte for byte, beside this paper, which shows the same text with the signatures.", hash=_grouped(agreement.sha256))  # fmt: skip


def _grouped(sha256: str) -> str:
    """A fingerprint in groups of eight, so that eyes can follow it and no line breaks inside one."""
    return " ".join(sha256[at : at + 8] for at in range(0, len(sha256), 8))


def _signature(role: Role, case: Proposal, signatures: list[Signature]) -> dict[str, object]:
    one = next((s for s in signatures if s.role is role), None)
    party = case.group.name if role is Role.ORGANISER else case.asset.holder.name
    return {
        "party": f"{SIGNED_FOR[role]}: {party}",
        "facts": [
            (_("Name"), one.name if one else ""),
            (_("Position"), one.position if one else ""),
            (_("Time"), moment(one.at) if one else ""),
            (_("Fingerprint (SHA-256)"), _grouped(one.sha256) if one else ""),
        ],
    }
