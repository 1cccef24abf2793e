"""The notice of a hearing for the door: one A4 page."""

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.config import FIRST_LANGUAGE
from portal.documents import drawings, make
from portal.documents.shapes import Sign, SignBlock
from portal.hearings import page, telling
from portal.hearings.models import Hearing
from portal.hearings.rules import Stands
from portal.proposals.signs.sign import LANGUAGES
from portal.web import day


def pdf(hearing: Hearing) -> bytes:
    """The notice as a tagged PDF, as the hearing stands now; the same until something is changed."""
    made = hearing.changed_at.replace(microsecond=0)
    return make.pdf("sign", sheet(hearing), lang=FIRST_LANGUAGE, made=made)


def sheet(hearing: Hearing) -> Sign:
    """What stands on it, in every language of the area."""
    area: Area = current_area()
    address = telling.address(hearing.case)
    with force_locale(FIRST_LANGUAGE):
        made: Sign = {
            "title": _("Notice of a public hearing: %(title)s", title=hearing.case.shown_title),
            "area": area.name,
            "product": area.product_name,
            "colour": area.colour,
            "blocks": [],
            "qr": drawings.qr(address, _("QR code that leads to the page of this hearing")),
            "short": address.partition("://")[2],
            "small": [_("Notice was given on %(day)s.", day=day(hearing.noticed_on))],
        }
    if area.mark:
        made["mark"] = drawings.mark(area.mark)
    for language in LANGUAGES.get(area.nation, (FIRST_LANGUAGE,)):
        with force_locale(language):
            made["blocks"].append(block(hearing, language))
    return made


def block(hearing: Hearing, language: str) -> SignBlock:
    """The words in the language that is set now."""
    off = hearing.stands is Stands.OFF
    return {
        "lang": language,
        "kicker": _("This hearing does not take place") if off else _("Notice of a public hearing"),
        "headline": hearing.case.shown_title,
        "words": [*page.what_for(hearing.case), _("Anybody may come and listen.")],
        "facts": [
            (_("When"), telling.when(hearing)),
            (_("Where"), " ".join(hearing.place.split())),
            (_("Ask to speak by"), day(hearing.speak_until)),
        ],
        "scan": _("Agenda, how to get in and how to join from home: scan the code, or go to"),
    }
