"""The file of a backup: a zip that holds the database as its engine writes it down, and a manifest that says what it is.

Any unzip opens it, so that it can be put back by hand on the day when nothing else works.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.errors import BadInput

FORMAT = 1
MANIFEST = "manifest.json"
NAME = "meanwhile-*.zip"
BLOCK = 1 << 20
FAST = 1  # of nine: a nightly job shares the machine with the workers
# Already packed by pg_dump.
PACKED = {".dump"}


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, and what must be there again when it has been put back."""

    made_at: str
    version: str  # of the portal
    revision: str  # of its tables
    engine: str
    tables: dict[str, int]  # how many rows
    audit_head: str | None  # the last hash of the audit log's chain
    parts: dict[str, dict[str, Any]]
    format: int = FORMAT

    @property
    def made(self) -> datetime:
        """When, as an instant."""
        return datetime.fromisoformat(self.made_at)


def name_for(instant: datetime) -> str:
    """A name by which backups sort as time does."""
    return f"meanwhile-{instant:%Y-%m-%dT%H%M%SZ}.zip"


def digest(path: Path) -> dict[str, Any]:
    """Length and hash of a part."""
    with path.open("rb") as part:
        found = hashlib.file_digest(part, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": found}


def write(
    path: Path, manifest: Manifest, parts: Iterable[Path], packing: int | None = None
) -> None:
    """Write the file under a name that nobody takes for a backup, then to the disk, then give it its name."""
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2))
                for part in parts:
                    usual = zipfile.ZIP_STORED if part.suffix in PACKED else None
                    archive.write(part, part.name, packing or usual)
            file.flush()
            os.fsync(file.fileno())
        read(half)
        half.rename(path)
        sync_folder(path.parent)
    finally:
        half.unlink(missing_ok=True)


def read(path: Path) -> Manifest:
    """The manifest, once every part has been read through and is what the manifest says."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            for name, said in manifest.parts.items():
                with archive.open(name) as part:
                    found = hashlib.file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]
                if found != said["sha256"]:
                    raise _damaged(path)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise _damaged(path) from error
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    said = json.loads(archive.read(MANIFEST))
    if said["format"] > FORMAT:
        raise BadInput(
            "backup-newer",
            "This backup was written by a newer portal (format %(format)s). Update the portal first.",
            format=said["format"],
        )
    return Manifest(**said)


def _damaged(path: Path) -> BadInput:
    return BadInput(
        "backup-damaged",
        "%(file)s is no whole backup: it was cut off, changed or is another kind of file. Take an older one.",
        file=path,
    )


def unpack(path: Path, name: str, folder: Path) -> Path:
    """One part, as a file of its own that nobody else may read."""
    out = folder / name
    out.touch(mode=0o600)
    with zipfile.ZipFile(path) as archive, archive.open(name) as part, out.open("wb") as file:
        shutil.copyfileobj(part, file, BLOCK)
        file.flush()
        os.fsync(file.fileno())
    return out


def thin(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest; what was deleted."""
    old = sorted(folder.glob(NAME))[:-keep] if keep else []
    for path in old:
        path.unlink()
    return old


def sync_folder(folder: Path) -> None:
    """A new name too has to reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
