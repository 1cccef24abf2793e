"""Every action's page: which form it shows and which service it calls. One row an action; views.py does the rest.

The rows stand with those who act (`acts_group`, `acts_judging`); rooms above add theirs.
"""

from portal.people.models import User
from portal.proposals.acting import Act
from portal.proposals.acts_group import GROUP
from portal.proposals.judging.acts import JUDGING
from portal.proposals.recourse.acts import TIME
from portal.proposals.rules import Action

__all__ = ["ACTS", "Act", "act_of", "signed_in", "slug_of"]

ACTS: dict[Action, Act] = {**GROUP, **JUDGING, **TIME}


def act_of(slug: str) -> Action | None:
    """The action of an address: /cases/7/name-alternative."""
    try:
        action = Action(slug.replace("-", "_"))
    except ValueError:
        return None
    return action if action in ACTS else None


def slug_of(action: Action) -> str:
    """An action as it stands in an address."""
    return action.value.replace("_", "-")


def signed_in(user: object) -> User | None:
    """The person who reads, or None."""
    return user if getattr(user, "is_authenticated", False) else None
