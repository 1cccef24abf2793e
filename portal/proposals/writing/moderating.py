"""The broker takes out what somebody said where it does harm; that it was said stays on the record."""

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.areas.queries import current_area
from portal.errors import NotFound, RuleBroken
from portal.language import sentences
from portal.masking import masked
from portal.notices.service import write
from portal.people.models import User
from portal.proposals import moves
from portal.proposals.letters import senior_officer
from portal.proposals.models import Proposal, Representation
from portal.proposals.rules import Action
from portal.proposals.writing.words import MODERATED_FOR


def moderate(
    case_id: int, user_id: int, representation_id: int, *, reason: str, words: str
) -> None:
    """The broker takes out what somebody said: it is kept for a complaint, and nobody reads it any more.

    `reason`: a name in MODERATED_FOR; `words` become public with it. Its writer is told.
    """
    with moves.turn(case_id, user_id) as turn:
        said = words.strip()
        why = sentences(MODERATED_FOR[reason], masked(said)) if said else ""
        turn.allowed(Action.MODERATE, words=str(why))
        one = turn.session.get(Representation, representation_id)
        if one is None or one.proposal_id != case_id:
            raise NotFound("no-words", "Nobody has said that here.")
        if one.hidden_on:
            raise RuleBroken("hidden", "That has been taken out already.")
        turn.take(Action.MODERATE, words=str(why), why=why)
        one.hidden_on, one.hidden_why = clock.today(), str(why)
        writer = turn.session.get_one(User, one.user_id)
        write(
            to=writer.email,
            subject=_l("What you said about case %(number)s was taken out", number=case_id),
            body=LazyString(_letter, turn.case, one, why),
            key=f"moderated:{one.id}",
        )


def _letter(case: Proposal, one: Representation, why: LazyString) -> str:
    """To whoever wrote it: what happened, what still counts, and how to complain."""
    link = f"{current_app.config['BASE_URL']}/cases/{case.id}#voices"
    parts = [
        _(
            "You said something about case %(number)s, %(title)s. The broker has taken it out of the public pages.",
            number=case.id,
            title=case.shown_title,
        ),
        _("The reason: %(why)s", why=why),
        _("You wrote:\n%(words)s", words=one.words),
        _("That somebody spoke for it still counts.")
        if one.supports
        else _("That somebody spoke against it still counts."),
        _(
            "If you think that this was wrong, say so within a month to %(whom)s, with the number of the case. Somebody else than the broker who took it out must look at it. Your words are kept for that. After that you can turn to the ombudsman for your nation's councils.",
            whom=_complaints(),
        ),
        _("The case: %(link)s", link=link),
    ]
    return "\n\n".join(parts)


def _complaints() -> str:
    """Whom to complain to: the named senior officer, else the council."""
    return senior_officer() or _("the council of %(area)s", area=current_area().name)
