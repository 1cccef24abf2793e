"""The sheet of paper that a petition is signed on: A4, with the words, lines for names, and what becomes of them."""

from flask_babel import get_locale
from flask_babel import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.documents import drawings, make

LINES = 18


def pdf(area: Area, about: dict) -> bytes:
    """The sheet as a tagged PDF."""
    petition, case = about["petition"], about["case"]
    return make.pdf(
        "petition", words(area, petition, case, about), lang=str(get_locale()), made=clock.now()
    )


def words(area: Area, petition, case, about: dict) -> dict[str, object]:
    """What stands on it, in the reader's language."""
    return {
        "title": _("Petition: %(title)s", title=case.shown_title),
        "area": area.name,
        "product": area.product_name,
        "colour": area.colour,
        **({"mark": drawings.mark(area.mark)} if area.mark else {}),
        "heading": case.shown_title,
        "asked": petition.words,
        "who": [who_asks(about), about["who"], about["stands"]],
        "columns": columns(),
        "lines": LINES,
        "qr": drawings.qr(about["short"], _("QR code that leads to the petition")),
        "scan": _("Or sign on your phone:"),
        "short": about["short"].partition("://")[2],
        "privacy": privacy(about["kept_months"]),
    }


def who_asks(about: dict) -> str:
    """Whose petition it is, and about which place."""
    return _(
        "%(group)s would like to use %(place)s. %(needed)s signatures are needed.",
        group=about["name"],
        place=about["case"].asset.name,
        needed=about["petition"].needed,
    )


def columns() -> list[str]:
    """What each signer writes."""
    return [_("Name"), _("Address and postcode"), _("Date"), _("Signature")]


def privacy(months: int) -> str:
    """What becomes of the names, on every sheet."""
    return _(
        "The group hands this sheet to the broker, who counts it and keeps a scan. Only numbers are published. The scan is "
        "deleted %(months)s months after the case is decided or over; the group then destroys the paper. To take your "
        "signature back, tell the group or the broker.",
        months=months,
    )
