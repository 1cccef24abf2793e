"""The reader's words: Flask-Babel's, looked up once for a request and not for each of the two hundred texts of a page."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace

from babel.support import Translations
from flask import Flask, g
from flask_babel import Babel, Domain, LazyString


class Words(Domain):
    """A domain that keeps its translations where Flask-Babel empties them when the language changes."""

    def get_translations(self) -> Translations:
        """The translations into the language that holds now: the request's, or the one that is forced."""
        kept: SimpleNamespace | None = g.get("_flask_babel") if g else None
        if kept is None:
            return super().get_translations()
        if getattr(kept, "babel_translations", None) is None:
            kept.babel_translations = super().get_translations()
        return kept.babel_translations


def sentences(*parts: object) -> LazyString:
    """Whole sentences one after the other, each said in the language of whoever reads them; empty ones left out."""
    return LazyString(lambda: " ".join(str(part) for part in parts if part))


def paragraphs(say: Callable[[], Iterable[object]]) -> LazyString:
    """What `say` gives when it is asked, in the language that holds then, an empty line between; empty ones left out."""
    return LazyString(lambda: "\n\n".join(str(part) for part in say() if part))


def init_app(app: Flask, choose: Callable[[], str]) -> None:
    """Let an application speak the languages of its translations; `choose` says which one."""
    babel = Babel(app, locale_selector=choose)
    babel.domain_instance = Words()
    # Templates: past Flask-Babel's own way to the domain, which asks the request's context three times a text.
    words = babel.domain_instance
    app.jinja_env.install_gettext_callables(
        gettext=lambda text: words.get_translations().ugettext(text),
        ngettext=lambda one, many, number: words.get_translations().ungettext(one, many, number),
        newstyle=True,
    )
