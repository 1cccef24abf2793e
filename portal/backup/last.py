"""When the last good backup was made, for whoever watches the machine: a small file, since a row would be in the backup."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from portal import clock, config

LATE = timedelta(days=2)
FILE = "last-backup.json"


class Last(NamedTuple):
    """The last backup that was read back and found whole."""

    at: datetime
    where: str
    tried: bool  # whether it was also restored to a scratch database and compared

    @property
    def late(self) -> bool:
        """Whether a nightly backup would have been newer."""
        return clock.now() - self.at > LATE


def note(where: str, *, tried: bool) -> None:
    """Remember a good backup."""
    config.INSTANCE.mkdir(exist_ok=True)
    path = config.INSTANCE / FILE
    half = path.with_suffix(".part")
    said = {"at": clock.now().isoformat(), "where": where, "tried": tried}
    half.write_text(json.dumps(said))
    half.replace(path)


def last_good() -> Last | None:
    """The last one that this machine made; None where it never made one."""
    try:
        said = json.loads((config.INSTANCE / FILE).read_text())
        return Last(datetime.fromisoformat(said["at"]), said["where"], said["tried"])
    except (OSError, ValueError, KeyError):
        return None
