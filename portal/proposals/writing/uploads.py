"""The files that a group sends with its proposal, several at once: each is made harmless or refused by its name."""

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from portal.errors import BadInput
from portal.papers import MEGABYTE, MOST_BYTES, check_size
from portal.proposals.boxes import chosen
from portal.proposals.files import Ready, Sent, of_group, ready
from portal.proposals.models import Proposal
from portal.proposals.writing.forms import files_form
from portal.web import Form, hear_out, told

# Room for several of the largest, some of them too large, so that those are refused by name.
AT_ONCE = 10 * MOST_BYTES
MOST_HEARD = 4 * AT_ONCE
LONGEST_NAME = 60


def form_of(case: Proposal) -> tuple[Form, bool]:
    """The form with what was sent, and whether that was more than this page takes; then nothing of it was read."""
    request.max_content_length = AT_ONCE
    made = files_form(of_group(case))
    said = {f"shows_{file.id}": file.shows for file in of_group(case)}
    try:
        return made(data=said), False
    except RequestEntityTooLarge:
        hear_out(MOST_HEARD)
        form = made(formdata=None, data=said)
        form.files.errors = [
            _(
                "These files are too large together: at most %(most)s MB can be sent at once. Send them in two goes.",
                most=AT_ONCE // MEGABYTE,
            )
        ]
        return form, True


def good_ones(form: Form) -> list[Ready]:
    """The files that could be read; each other one is an error of the form, with its name."""
    good, refused = [], []
    for file in chosen(form.files):
        try:
            check_size(file.stream.seek(0, 2))
            file.stream.seek(0)
            sent = Sent(file.stream.read(), file.filename or "", form.shows.data or "")
            good.append(ready(sent))
        except BadInput as refusal:
            refused.append(f"{file.filename[-LONGEST_NAME:]}: {told(refusal)}")
    form.files.errors = [*form.files.errors, *refused[:1]]
    form.form_errors += refused[1:]
    return good
