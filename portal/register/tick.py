"""What the clock does for the register: the list of changes does not grow for ever."""

from sqlalchemy import delete, select

from portal.db import transaction
from portal.register.models import AssetChange, RegisterState

KEPT = 10_000  # changes; a process that has slept through more reads the register whole


def tick(area_id: int) -> int:
    """Forget all but the last changes of an area; says how many were forgotten."""
    with transaction() as s:
        # Locked, so that no change is noted between what is forgotten and what is said of it.
        state = s.scalar(
            select(RegisterState).where(RegisterState.area_id == area_id).with_for_update()
        )
        if state is None or state.version - state.whole_at <= 2 * KEPT:
            return 0
        state.whole_at = state.version - KEPT
        old = (AssetChange.area_id == area_id, AssetChange.version <= state.whole_at)
        return s.execute(delete(AssetChange).where(*old)).rowcount
