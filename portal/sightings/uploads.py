"""Photos as they come with a form: read one after the other, each made harmless or refused by name."""

from os import SEEK_END

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal.errors import BadInput
from portal.pictures import Picture, check_size, repainted
from portal.sightings.forms import PhotosForm
from portal.sightings.rules import MOST_PHOTOS
from portal.web import hear_out, told

MEGABYTE = 1_000_000
# Room for as many photos as may come, some of them too large, so that those are refused by name.
LARGEST_UPLOAD = MOST_PHOTOS * 25 * MEGABYTE
MOST_HEARD = 4 * LARGEST_UPLOAD
LONGEST_NAME = 60


def photos_form() -> tuple[PhotosForm, bool]:
    """The form with what was sent, and whether that was more than this page takes; then nothing of it was read."""
    request.max_content_length = LARGEST_UPLOAD
    try:
        return PhotosForm(), False
    except RequestEntityTooLarge:
        hear_out(MOST_HEARD)
        form = PhotosForm(formdata=None)
        sentence = _(
            "These photos are too large together: at most %(most)s MB can be sent at once. Add them one by one.",
            most=LARGEST_UPLOAD // MEGABYTE,
        )
        form.photos.errors = [sentence]
        return form, True


def good_ones(form: PhotosForm) -> list[Picture]:
    """The photos that could be read; each other one is an error of the form, with its name.

    The first stands at the question, the others at the top of the page only: a question shows one error.
    """
    good, refused = [], []
    for file in form.photos.data or ():
        if not isinstance(file, FileStorage) or not file.filename:
            continue  # a browser sends an empty file when none was chosen
        try:
            good.append(_read(file))
        except BadInput as refusal:
            refused.append(f"{file.filename[-LONGEST_NAME:]}: {told(refusal)}")
    form.photos.errors = [*form.photos.errors, *refused[:1]]
    form.form_errors += refused[1:]
    return good


def _read(file: FileStorage) -> Picture:
    check_size(file.stream.seek(0, SEEK_END))
    file.stream.seek(0)
    return repainted(file.stream.read())
