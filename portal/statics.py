"""Styles, scripts and pictures: under an address that changes with them, so that a browser may keep them for good.

One mark for all of them, not one for each: the scripts import one another by relative names, so a page's scripts are
always of one make. Pages that were open during an update still find theirs, as the makes before stay for a while.
"""

import gzip
import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

from portal import config
from portal.headers import ALWAYS

SOURCE = config.ROOT / "static"
PARTS = ("css", "img", "js", "licences", "vendor")
KEPT = 3  # makes: this one and those of the last updates
YEAR = 365 * 24 * 60 * 60  # seconds
SMALL = 500  # bytes that are not worth packing


def files() -> list[Path]:
    """What is served, in a fixed order."""
    return sorted(path for part in PARTS for path in (SOURCE / part).rglob("*") if path.is_file())


@lru_cache(maxsize=1)
def mark() -> str:
    """Twelve letters that differ when any file does."""
    total = hashlib.sha256()
    for path in files():
        content = path.read_bytes()
        total.update(f"{path.relative_to(SOURCE)} {len(content)}\n".encode() + content)
    return total.hexdigest()[:12]


def address() -> str:
    """Where the files are served."""
    return f"/static/{mark()}"


def make(folder: Path) -> None:
    """Lay this make down in `folder`, each file also packed; whole or not at all, by however many workers at once."""
    made = folder / mark()
    if made.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Beside it: another worker may be looking through the folder.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".static-") as new:
        for path in files():
            _lay_down(path, Path(new) / "make" / path.relative_to(SOURCE))
        try:
            (Path(new) / "make").rename(made)
        except OSError:
            if not made.is_dir():  # else another worker was faster
                raise


def forget_old(folder: Path) -> None:
    """Delete all makes but the newest few."""
    makes = sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime)
    for old in makes[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _lay_down(path: Path, to: Path) -> None:
    content = path.read_bytes()
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
    packed = gzip.compress(content, 9, mtime=0)
    if len(content) > SMALL and len(packed) < len(content):
        to.with_name(to.name + ".gz").write_bytes(packed)


def _headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"


def served(wsgi_app, folder: Path) -> WhiteNoise:
    """The application with the files before it. What is asked for by another mark is Flask's, which finds nothing."""
    make(folder)
    return WhiteNoise(
        wsgi_app,
        root=folder,
        prefix="static",
        allow_all_origins=False,
        add_headers_function=_headers,
    )
