"""The pages about people have one blueprint; several modules of views hang theirs on it."""

import re

from flask import Blueprint

from portal.web import stripped

bp = Blueprint("people", __name__)

# One slash: browsers read two, or a slash and a backslash, even with a tab between, as another host.
LOCAL = re.compile(r"/(?![/\\])[^\s\\]{0,1999}")


def local(target: str | None, fallback: str) -> str:
    """A path of this portal to go on to; anything that leads elsewhere becomes the fallback."""
    target = stripped(target or "")
    return target if LOCAL.fullmatch(target) else fallback
