"""A kept letter as a PDF: the same letter gives the same bytes, whatever has happened since."""

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.config import FIRST_LANGUAGE
from portal.documents import drawings, make
from portal.documents.shapes import Letter
from portal.proposals import saying
from portal.proposals.models import CaseEvent
from portal.proposals.models_letters import CaseLetter


def pdf(event: CaseEvent, letter: CaseLetter) -> bytes:
    """The letter of a step, dated with the step."""
    with force_locale(FIRST_LANGUAGE):
        data = sheet(letter.said)
    return make.pdf("letter", data, lang=FIRST_LANGUAGE, made=event.at)


def sheet(said: dict) -> Letter:
    """What stands on it: everything that was said, and for each who was told what they could do next."""
    made: Letter = {
        "title": f"{said['reference']}. {said['subject']}",
        "area": said["area"],
        "product": said["product"],
        "colour": said["colour"],
        "sender": said["sender"],
        "to": said["to"],
        "facts": [(label, value) for label, value in said["facts"]],
        "subject": said["subject"],
        "parts": [
            *said["parts"],
            *(
                {"kind": "steps", "heading": saying.headed(role), "steps": steps}
                for role, steps in said["next"].items()
            ),
            *said["clause"],
        ],
        "reference": said["reference"],
        "page": _("Page {page} of {pages}"),
    }
    if said["mark"]:
        made["mark"] = drawings.mark(said["mark"])
    return made
