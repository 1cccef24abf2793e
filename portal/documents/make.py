"""A tagged PDF from plain data: the same data give the same bytes, and no text can break it or read a file."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

import orjson
import typst

from portal.documents.plain import BOX, plain

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
# PDF/UA-1 is what a screen reader needs; Typst refuses to call a file so that does not keep to it.
ACCESSIBLE = ("ua-1",)

# Asks Typst itself whether any of its fonts draws a character.
PROBE = b'#set document(title: "-")\n#set text(font: "Source Sans 3")\n#sys.inputs.data'
# The alphabets of these islands; nobody needs to ask.
_SURELY_DRAWN = range(0x20, 0x180)
# Asking costs half a millisecond for each new character; a text of thousands of strange ones is no text.
_MOST_ASKED = 400

_own = local()


def pdf(template: str, data: Mapping[str, Any], *, lang: str, made: datetime) -> bytes:
    """A document of `templates/` (`sign`, `letter`, `agreement`; `shapes` says of what) in a language ("cy", "en_GB").

    `made` is written into the file. Characters that no font draws become boxes. Where a script cannot be told to
    screen readers at all, the file is still tagged but does not claim to keep to PDF/UA.
    """
    tidy = plain(dict(data))
    try:
        return _set(template, tidy, lang, made, ACCESSIBLE)
    except typst.TypstError:
        drawn = plain(tidy, _Boxed())
    try:
        return _set(template, drawn, lang, made, ACCESSIBLE)
    except typst.TypstError:
        return _set(template, drawn, lang, made, ())


def _set(
    template: str, data: Mapping[str, Any], lang: str, made: datetime, standards: tuple[str, ...]
) -> bytes:
    language, _, region = lang.replace("-", "_").partition("_")
    words = {"data": orjson.dumps(data).decode(), "lang": language, "region": region}
    return _compiler().compile(
        TEMPLATES / f"{template}.typ",
        format="pdf",
        sys_inputs=words,
        pdf_standards=list(standards),
        timestamp=made.replace(microsecond=0),  # Typst takes whole seconds
    )


def _compiler() -> typst.Compiler:
    """One for each thread: two threads cannot share it, and a new one for each document leaves memory behind."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=TEMPLATES, font_paths=_fonts())
    return _own.compiler


@cache
def _fonts() -> typst.Fonts:
    """Ours and the few that Typst carries (Arabic, Hebrew); none of the machine's, so that all machines agree."""
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])


class _Boxed:
    """Puts a box for what cannot be drawn, asking for so many characters at most."""

    def __init__(self) -> None:
        self.left = _MOST_ASKED
        self.known: dict[str, str] = {"\n": "\n"}

    def __call__(self, text: str) -> str:
        return "".join(map(self._shown, text))

    def _shown(self, char: str) -> str:
        if ord(char) in _SURELY_DRAWN:
            return char
        if char not in self.known:
            self.left -= 1
            self.known[char] = char if self.left >= 0 and _draws(char) else BOX
        return self.known[char]


@cache
def _draws(char: str) -> bool:
    try:
        _compiler().compile(
            PROBE, format="pdf", sys_inputs={"data": char}, pdf_standards=list(ACCESSIBLE)
        )
    except typst.TypstError:
        return False
    return True
