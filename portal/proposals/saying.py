"""What the letter of a step says, put together once, when the step is taken; as data for the PDF and as plain text."""

from collections.abc import Callable, Collection
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.areas.counting import how_counted
from portal.areas.models import Area
from portal.config import FIRST_LANGUAGE
from portal.db import db
from portal.masking import EMAIL
from portal.people.rules import Role
from portal.proposals import conditions
from portal.proposals.judging import findings
from portal.proposals.judging.benefit import shown
from portal.proposals.knowing import facts_of
from portal.proposals.models import CaseEvent, Decision, Proposal
from portal.proposals.queries import dues_of
from portal.proposals.rules import Action, Transition
from portal.proposals.says import SENIOR, Says
from portal.proposals.standing import profile_of
from portal.proposals.words_letters import BECAUSE, LAST_DAYS, NEXT_FOR, SILENCE, TO, says_of
from portal.states import role_words
from portal.web import day

Part = dict[str, Any]
# Who acts in a public office is named; everybody else is a role.
NAMED = {Role.OFFICER, Role.BROKER, Role.CHAIR}


def of_step(case: Proposal, row: Transition, event: CaseEvent, why: str) -> dict[str, Any]:
    """The letter of a step as `documents.shapes.Letter` has it, with `next`: role -> what it can do now.

    In the language that holds now; `why` is what the history says of the step, in that language too. Names no private group and no address; everybody who may read the case may read it.
    """
    says, area = says_of(row), db.session.get_one(Area, case.asset.area_id)
    values = _values(case)
    return {
        "area": area.name,
        "product": area.product_name,
        "colour": area.colour,
        "mark": area.mark or "",
        "sender": [area.name, _("The broker, through the portal")],
        "to": [told_as(case, role) for role in tells(row)],
        "facts": _facts(case, event),
        "subject": _(says.subject),
        "parts": [
            {"kind": "text", "paragraphs": _opening(case, event, says, why)},
            *(part for name in says.parts for part in PARTS[name](case, event, why)),
            *_dates(case, says),
        ],
        "next": {
            str(role): [_(step, **values) for step in steps] for role, steps in says.next.items()
        },
        "clause": _clause(case, event),
        "reference": _("Case %(number)s: %(title)s", number=case.id, title=_title(case)),
    }


def as_text(said: dict[str, Any], roles: Collection[str], letter: str, page: str) -> str:
    """The same as an e-mail to somebody in these roles: what they can do, and where the letter and the case are."""
    mine = [step for role in said["next"] if role in roles for step in said["next"][role]]
    blocks = [
        *(text for part in said["parts"] for text in _plain(part)),
        *([_("What you can do now:"), "\n".join(f"- {step}" for step in mine)] if mine else []),
        *(text for part in said["clause"] for text in _plain(part)),
        _paper(letter),
        _("The case, and what can be done now: %(link)s", link=page),
        " ".join(_(why) for role, why in BECAUSE.items() if role in roles),
    ]
    return "\n\n".join(blocks)


def _paper(link: str) -> str:
    if str(get_locale()) == FIRST_LANGUAGE:
        return _("This letter as a PDF: %(link)s", link=link)
    return _("This letter as a PDF, as it is kept with the case, in English: %(link)s", link=link)


def tells(row: Transition) -> tuple[str, ...]:
    """Who is told of a step: the table's roles, and of an overdue case the senior officer."""
    return (*row.tells, SENIOR) if row.action is Action.ESCALATE else row.tells


def told_as(case: Proposal, role: str) -> str:
    """How somebody who is told is called at the head of the letter."""
    names = {Role.ORGANISER: group_of(case), Role.OFFICER: case.asset.holder.name}
    return names.get(role) or _(TO[role])


def group_of(case: Proposal) -> str:
    """The group, as anybody may know it."""
    return _("A community group") if case.group.private else case.group.name


def taken_by(event: CaseEvent) -> str:
    """In what role a step was taken; with the name, where somebody acts in a public office."""
    who = role_words(event.role.value)
    named = event.role in NAMED and event.user is not None and event.user.name
    return f"{who}, {event.user.name}" if named else who


def _public(case: Proposal, text: str) -> str:
    """Words that somebody typed, without e-mail addresses and without a private group's name."""
    if case.group.private:
        text = text.replace(case.group.name, _("A community group"))
    return EMAIL.sub(_("[e-mail address]"), text)


def _title(case: Proposal) -> str:
    return _public(case, case.shown_title)


def _values(case: Proposal) -> dict[str, str]:
    return {
        "group": group_of(case),
        "place": case.asset.name,
        "holder": case.asset.holder.name,
        "silence": _(SILENCE[conditions.silence_means(case)]),
    }


def _facts(case: Proposal, event: CaseEvent) -> list[tuple[str, str]]:
    return [
        (_("Date"), day(event.on)),
        (_("Case"), f"{case.id}: {_title(case)}"),
        (_("Place"), case.asset.name),
        (_("Held by"), case.asset.holder.name),
        (_("Asked for by"), group_of(case)),
        (_("This step was taken by"), taken_by(event)),
    ]


def _opening(case: Proposal, event: CaseEvent, says: Says, why: str) -> list[str]:
    # A decision's reasons stand under headings of their own.
    shown_why = "" if "verdict" in says.parts and _decision(case) else why
    told, values = [_(event.sentence), _public(case, shown_why)], _values(case)
    return [one for one in (*told, *(_(text, **values) for text in says.paragraphs)) if one]


def _dates(case: Proposal, says: Says) -> list[Part]:
    dues = dues_of(case) if says.dates else {}
    found = [
        {
            "what": str(LAST_DAYS[period]),
            "day": day(dues[period].day),
            "how": " ".join(how_counted(dues[period].counted)) if dues[period].counted else "",
        }
        for period in says.dates
        if period in dues and not dues[period].over
    ]
    return [{"kind": "dates", "heading": _("Days that count"), "dates": found}] if found else []


def _clause(case: Proposal, event: CaseEvent) -> list[Part]:
    clause = profile_of(case).cited(event.clause)
    if clause is None:
        return []
    cited = _("Clause %(number)s, %(title)s", number=clause.number, title=_(clause.title))
    heading = _("The rule under which this was done")
    return [{"kind": "clause", "heading": heading, "clause": cited, "text": _(clause.text)}]


# ---- further parts of some letters


def _decision(case: Proposal) -> Decision | None:
    return db.session.get(Decision, (case.id, case.round))


def _text(heading: str, *paragraphs: str) -> list[Part]:
    told = [one for one in paragraphs if one]
    return [{"kind": "text", "heading": heading, "paragraphs": told}] if told else []


def _verdict(case: Proposal, _event: CaseEvent, why: str) -> list[Part]:
    decision = _decision(case)
    if decision is None:
        return []
    ground = _(profile_of(case).grounds[decision.ground]) if decision.ground else ""
    evidence = decision.evidence or ""
    # The history has ground, evidence and reasons in one line.
    reasons = why.removeprefix(f"{ground}.").strip().removeprefix(evidence).strip()
    return [
        *_text(_("The ground"), ground and f"{ground}."),
        *_text(_("What shows it"), _public(case, evidence)),
        *_text(
            _("The council's resolution") if decision.resolution_reference else _("The reasons"),
            _public(case, reasons),
        ),
        *(_columns(case, decision) if decision.result else []),
    ]


def _columns(case: Proposal, decision: Decision) -> list[Part]:
    """Criterion by criterion what each use would bring."""
    profile = profile_of(case)
    result = findings.read(decision.result, profile)
    two = result.theirs is not None
    rows = [(_(line.title), line.ours.median, line.theirs and line.theirs.median) for line in result.lines]  # fmt: skip
    most = _("The middle score of the panel for each, from 0 to %(most)s. A tie goes to the community.", most=profile.most_points)  # fmt: skip
    none = _("The holder named no other use.")
    return [
        {
            "kind": "table",
            "heading": _("What each use would bring"),
            "columns": [_("What is weighed"), _("The proposal"), *([_("The holder's other use")] if two else [])],
            "rows": [
                [what, shown(ours), *([shown(theirs)] if two else [])]
                for what, ours, theirs in [*rows, (_("All together, as the rules weigh them"), result.ours, result.theirs)]
            ],
            "note": most if two else f"{most} {none}",
        }
    ]  # fmt: skip


def _holder(case: Proposal, _event: CaseEvent, _why: str) -> list[Part]:
    said = case.response
    if said is None:
        return []
    rows = [
        (_("Who answers for it"), ", ".join(one for one in (said.officer, said.post) if one)),
        (_("It begins"), day(said.begins)),
        (_("Budget line"), said.budget_line),
        (_("Document"), said.document),
    ]
    told = [_("%(what)s: %(said)s", what=what, said=_public(case, words)) for what, words in rows if words]  # fmt: skip
    return _text(_("What the holder gave"), *told)


def _appeal(case: Proposal, event: CaseEvent, _why: str) -> list[Part]:
    if appeal := profile_of(case).appeal:
        return _text(_("Appeal"), _(appeal))
    none = _("These rules name nobody who hears an appeal after the review.")
    return _text(_("Appeal"), none) if event.action is Action.DECIDE else []


def _waits(case: Proposal, _event: CaseEvent, _why: str) -> list[Part]:
    """What a decision still needs."""
    facts = facts_of(case, None)
    scored = _("The panel: %(there)s of %(needed)s members have scored.", there=facts.scores, needed=facts.panel_size)  # fmt: skip
    wanting = [
        (facts.scores < facts.panel_size, scored),
        (not facts.capacity_checked, _("Whether the group can carry its proposal was not checked.")),
        (facts.hearing_opened and not facts.heard, _("The public hearing was not held.")),
        (True, _("The chair has not decided.")),
    ]  # fmt: skip
    return _text(_("What is missing"), *(text for missing, text in wanting if missing))


def _late_review(case: Proposal, _event: CaseEvent, _why: str) -> list[Part]:
    if conditions.silence_means(case) != "review":
        return []
    told = _("Because nobody decided in time, the group can ask for a review by another panel on the page of the case.")  # fmt: skip
    return _text(_("Review"), told)


PARTS: dict[str, Callable[[Proposal, CaseEvent, str], list[Part]]] = {
    "appeal": _appeal,
    "holder": _holder,
    "late_review": _late_review,
    "verdict": _verdict,
    "waits": _waits,
}


# ---- as plain text


def _plain(part: Part) -> list[str]:
    heading = [part["heading"].upper()] if part.get("heading") else []
    return [*heading, *PLAIN[part["kind"]](part)]


def _plain_table(part: Part) -> list[str]:
    _what, *columns = part["columns"]
    rows = [
        f"{first}: " + "; ".join(f"{name} {cell}" for name, cell in zip(columns, cells, strict=True))
        for first, *cells in part["rows"]
    ]  # fmt: skip
    return ["\n".join(rows), part["note"]]


PLAIN: dict[str, Callable[[Part], list[str]]] = {
    "text": lambda part: part["paragraphs"],
    "table": _plain_table,
    "dates": lambda part: [
        f"{one['what']} {one['day']}\n{one['how']}".strip() for one in part["dates"]
    ],
    "clause": lambda part: [f"{part['clause']}: {part['text']}"],
}


def headed(role: str) -> str:
    """The heading over what somebody can do next."""
    return _(NEXT_FOR[role])
