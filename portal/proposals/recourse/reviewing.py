"""A second look by others: the group asks, another panel and another chair decide."""

from flask_babel import lazy_gettext as _l

from portal.notices.service import write
from portal.people.queries import emails_with_role
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.models import Proposal
from portal.proposals.rules import Action


def ask_review(case_id: int, user_id: int, words: str) -> None:
    """The group asks for a review of a refusal, or, where the profile says so, of a silence."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.ASK_REVIEW, words=words, why=words)
        _tell_who_finds_judges(turn.case)


def _tell_who_finds_judges(case: Proposal) -> None:
    """The administrator hears at once: whoever judged the first time takes no part, and others may have to be named."""
    for email in emails_with_role(Role.ADMINISTRATOR):
        write(
            to=email,
            subject=_l("Case %(number)s needs another panel and another chair", number=case.id),
            body=_l(
                "The group has asked for a review. Nobody who scored or decided the first time takes part. "
                "See that enough others have the roles of panel member and chair."
            ),
            key=f"case:{case.id}:review:{email}",
        )
