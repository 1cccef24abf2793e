"""What happens to somebody's account, for the audit log: in the running transaction, by numbers only."""

from flask_login import current_user

from portal.areas.queries import current_area
from portal.audit.rules import OPERATOR, Act, Value
from portal.audit.service import note
from portal.db import transaction
from portal.errors import NotFound
from portal.people.rules import Role


def noted(act: Act, user_id: int | None, *, group_id: int | None = None, **detail: Value) -> None:
    """Write it down: by whoever is signed in here; by the person, where that is how one comes in; else by the command line."""
    by = current_user.id if current_user and current_user.is_authenticated else None
    if by is None and act in COMING_IN:
        by = user_id
    if by is None:
        role = "" if act in COMING_IN else OPERATOR
    else:
        role = Role.RESIDENT if by == user_id else Role.ADMINISTRATOR
    about = ("group", group_id) if group_id else ("user_account", user_id)
    note(act, area_id=_area_id(), by=by, role=role, about=about, **detail)


def refused(why: str) -> None:
    """Somebody could not sign in. Whoever it was is not known, so there is no number; in a transaction of its own."""
    with transaction():
        noted(Act.SIGN_IN_REFUSED, None, why=why)


# Nobody is signed in yet when this is done.
COMING_IN = {Act.SIGNED_IN, Act.SECOND_STEP_PASSED, Act.SECOND_STEP_SET, Act.SIGN_IN_REFUSED}


def _area_id() -> int | None:
    try:
        return current_area().id
    except NotFound:
        return None
