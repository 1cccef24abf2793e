"""What the pages show on which a group writes its proposal; no rules here."""

from fractions import Fraction
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.areas import profile as profiles
from portal.areas.profile import Profile
from portal.areas.queries import current_area
from portal.people import access
from portal.people.models import User
from portal.people.queries import organisers
from portal.proposals import files, queries, words
from portal.proposals.acts import slug_of
from portal.proposals.conditions import refused_before
from portal.proposals.judging.benefit import Side
from portal.proposals.judging.benefit import shown as points_shown
from portal.proposals.models import Proposal
from portal.proposals.page import gains, group_name
from portal.proposals.rules import Action, State
from portal.proposals.standing import missing_of, needed_of, profile_of
from portal.proposals.writing import service as writing
from portal.proposals.writing.forms import SectionForm
from portal.proposals.writing.models import WrittenSection
from portal.proposals.writing.naming import says_name
from portal.proposals.writing.sections import EVIDENCE, FIELDS, GAIN, Section, section_of
from portal.proposals.writing.words import (
    ENDS,
    ENDS_ALWAYS,
    ENDS_ONCE_PUBLISHED,
    FILES,
    QUESTIONS,
    SECTIONS,
    USES,
)
from portal.register.models import Asset
from portal.web import moment


class Task(NamedTuple):
    """One line of the list of what is done and missing. `tone` as states have them."""

    title: str
    url: str
    status: str
    tone: str
    hint: str


def written(case: Proposal, part: Section) -> dict[str, object]:
    """What one part holds, with its version."""
    row = writing.versions(case).get(part)
    there = writing.written(case)
    mine = {name: value for name, value in there.items() if section_of(name) is part}
    return mine | {"version": str(row.version if row else 0)}


def tasks_page(case: Proposal, user: User) -> dict[str, object]:
    """The list of tasks, and what can be done now."""
    missing = missing_of(case)
    can = queries.can_do(case, user)
    return {
        "case": case,
        "profile": profile_of(case),
        "tasks": [*_parts(case, missing), _files_task(case, missing)],
        "missing": missing,
        "elsewhere": [name for name in missing if name == "sign"],
        "questions": QUESTIONS,
        "can": {action.value: slug_of(action) for action in can},
        "names_itself": names_itself,
        "needs_interest": _needs_interest(case),
        "withdraw_words": words.said_of(Action.WITHDRAW, case).title,
        "returned_for": queries.missing_list(case) if case.state is State.RETURNED else "",
        "organisers": organisers(case.group_id),
    }


def _needs_interest(case: Proposal) -> bool:
    return case.track in profile_of(case).interest_first and case.declared_on is None


def _parts(case: Proposal, missing: list[str]) -> list[Task]:
    saves, there = writing.versions(case), writing.written(case)
    return [_task(case, part, missing, saves.get(part), there) for part in Section]


def _task(
    case: Proposal,
    part: Section,
    missing: list[str],
    row: WrittenSection | None,
    there: dict[str, object],
) -> Task:
    wanting = [str(QUESTIONS[name]) for name in FIELDS[part] if name in missing]
    begun = any(value for name, value in there.items() if section_of(name) is part)
    if wanting:
        status, tone = (_("Begun"), "wait") if begun else (_("Not begun"), "quiet")
        hint = _("Still missing: %(names)s.", names="; ".join(wanting))
    else:
        status, tone = (_("Done"), "good") if begun else (_("If you like"), "quiet")
        hint = last_saved(row)
    url = url_for("proposals.write", case_id=case.id, section=part.value)
    return Task(str(SECTIONS[part]), url, status, tone, hint)


def _files_task(case: Proposal, missing: list[str]) -> Task:
    kept = files.of_group(case)
    silent = sum(1 for file in kept if not file.shows)
    if kept:
        status, tone = (_("Begun"), "wait") if silent else (_("Done"), "good")
    else:
        status = _("Not begun") if "files" in missing else _("If you like")
        tone = "quiet"
    hint = (
        ngettext("%(num)s file.", "%(num)s files.", len(kept))
        if kept
        else _("Photos, a plan, letters.")
    )
    if silent:
        hint = ngettext(
            "Say of %(num)s file what it shows.", "Say of %(num)s files what they show.", silent
        )
    return Task(str(FILES), url_for("proposals.case_files", case_id=case.id), status, tone, hint)


def last_saved(row: WrittenSection | None) -> str:
    """Who saved a part last, and when."""
    if row is None:
        return ""
    return _("Saved by %(who)s, %(when)s.", who=row.user.shown_name, when=moment(row.saved_at))


def part_page(case: Proposal, part: Section) -> dict[str, object]:
    """What the page of one part shows beside its form."""
    order = list(Section)
    return {
        "case": case,
        "part": part,
        "title": SECTIONS[part],
        "number": order.index(part) + 1,
        "parts": len(order) + 1,
        "profile": profile_of(case),
        "missing": missing_of(case),
        "last_saved": last_saved(writing.versions(case).get(part)),
        "returned_for": queries.missing_list(case) if case.state is State.RETURNED else "",
        "most_months": profile_of(case).term_months.get(case.track.value, 0),
        "names_itself": names_itself,
        "floor": points_shown(Fraction(profile_of(case).floor)),
        "gain": GAIN,
        "evidence": EVIDENCE,
    }


def clashes(form: SectionForm, saved: writing.Saved | None) -> list[tuple[str, str, str]]:
    """(field, its question, what somebody else wrote there meanwhile), where that is not what was sent."""
    if saved is None:
        return []
    return [
        (name, str(form[name].label.text), _shown(name, value))
        for name, value in saved.clashes.items()
    ]


def _shown(name: str, value: object) -> str:
    return _told(name, value) or _("Nothing: it was emptied.")


def claim_page(asset: Asset, user: User) -> dict[str, object]:
    """What somebody should know who is about to claim a place: who asks for it already, and what comes first."""
    profile = profiles.in_force(current_area().profile, clock.today())
    mine = access.group_ids(user)
    there = queries.cases_of_asset(asset.id, user)
    return {
        "own": [one for one in there if one.group_id in mine],
        "others": [one for one in there if one.group_id not in mine],
        "group_name": group_name,
        "interest_first": asset.kind.value in profile.interest_first,
        "panel_size": profile.panel_size,
        "heard": asset.kind.value in profile.hearing_for,
        "latest": longest_wait(profile, heard=asset.kind.value in profile.hearing_for),
    }


def longest_wait(profile: Profile, *, heard: bool) -> str:
    """How long from the day a proposal is found complete until it is decided at the latest: as the rules count it."""
    name = "decision_with_hearing" if heard else "decision"
    period = profile.periods.get(name) or profile.periods["decision"]
    if period.unit == "working days":
        return _("%(number)s working days", number=period.number)
    return _("%(number)s months", number=period.number)


class Part(NamedTuple):
    """A part of the proposal to be read: its title, where it is written, its questions with their answers."""

    title: str
    url: str
    answers: list[tuple[str, str]]


def parts_written(case: Proposal) -> list[Part]:
    """All that the group wrote, in the order of its pages, files too."""
    found = []
    for part in Section:
        url = url_for("proposals.write", case_id=case.id, section=part.value)
        found.append(Part(str(SECTIONS[part]), url, _answers(case, part)))
    names = [(file.name, file.shows) for file in files.of_group(case)]
    url = url_for("proposals.case_files", case_id=case.id)
    return [*found, Part(str(FILES), url, names)]


def _answers(case: Proposal, part: Section) -> list[tuple[str, str]]:
    if part is Section.BRINGS:
        return [
            (title, "\n".join(filter(None, (gain, evidence))))
            for title, gain, evidence in gains(case, Side.PROPOSAL)
        ]
    return [(str(QUESTIONS[name]), _told(name, getattr(case, name))) for name in FIELDS[part]]


def _told(name: str, value: object) -> str:
    if name == "use_kind" and value:
        return str(USES[value])
    return str(value) if value else ""


def where_written(case: Proposal, name: str) -> str:
    """Where a missing answer is given."""
    if part := section_of(name):
        return url_for("proposals.write", case_id=case.id, section=part.value) + f"#{name}"
    if name == "files":
        return url_for("proposals.case_files", case_id=case.id)
    return url_for("proposals.case", case_id=case.id)


def names_itself(case: Proposal) -> list[str]:
    """The questions in whose answers a private group has written its own name, which everybody will read."""
    if not case.group.private:
        return []
    found = [
        str(QUESTIONS.get(name) or _("What it brings"))
        for name, value in writing.written(case).items()
        if isinstance(value, str) and says_name(case.group.name, value)
    ]
    return list(dict.fromkeys(found))


def checklist(case: Proposal) -> list[tuple[str, str, bool]]:
    """(question, what the rules ask of it, whether it is there), for whoever checks that a proposal is complete."""
    missing = missing_of(case)
    most = profile_of(case).term_months.get(case.track.value, 0)
    asks = {"term_months": _("At most %(most)s.", most=most)} if most else {}
    return [
        (str(QUESTIONS[name]), asks.get(name, ""), name not in missing)
        for name in needed_of(case)
        if name in QUESTIONS
    ]


def what_ends(case: Proposal) -> list[str]:
    """What a withdrawal ends, by where the case stands."""
    ends = ENDS.get(case.state, ENDS_ONCE_PUBLISHED)
    return [str(sentence) for sentence in (*ends, ENDS_ALWAYS)]


def helpers() -> dict[str, object]:
    """Functions that the templates of the group's pages use."""
    return {
        "parts_written": parts_written,
        "where_written": where_written,
        "what_ends": what_ends,
        "checklist": checklist,
        "names_itself": names_itself,
        "refused_before": refused_before,
    }
