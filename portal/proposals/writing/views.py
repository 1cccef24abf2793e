"""Pages on which a group writes its proposal: what is done and missing, each part, the files; and files for readers."""

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from portal import clock
from portal.errors import Forbidden
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.people.queries import me
from portal.people.rules import Role
from portal.proposals import files, queries
from portal.proposals.acts import signed_in
from portal.proposals.blueprint import bp
from portal.proposals.filing import MOST_FILES
from portal.proposals.models import Proposal
from portal.proposals.rules import EDITABLE
from portal.proposals.standing import needed_of, profile_of, roles_of
from portal.proposals.writing import page as page_writing
from portal.proposals.writing import service as writing
from portal.proposals.writing import uploads
from portal.proposals.writing.forms import SectionForm, section_form
from portal.proposals.writing.sections import Section, after
from portal.web import attempt, render_form, row_id

AN_HOUR = 3600


@bp.get("/cases/<int:case_id>/edit")
@allow(SIGNED_IN)
def edit(case_id: int):
    """What is done and what is missing, part by part."""
    one = queries.case_for(case_id, me())
    if not _is_writing(one):
        return redirect(url_for("proposals.case", case_id=case_id))
    return render_template("proposals/edit.html", **page_writing.tasks_page(one, me()))


@bp.route("/cases/<int:case_id>/edit/<section>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def write(case_id: int, section: str):
    """One part. What can be read is kept whatever else is wrong; a script may save in the background too."""
    part = Section(section) if section in list(Section) else abort(404)
    one = _to_write(case_id)
    if request.method != "POST" and not _is_writing(one):
        return redirect(url_for("proposals.case", case_id=case_id))
    form = section_form(part, profile_of(one), needed_of(one))(data=page_writing.written(one, part))
    saved = _save(form, case_id, part) if form.is_submitted() else None
    if _in_background():
        return _told_in_background(case_id, form, saved)
    if saved and not form.errors and not saved.clashes:
        flash(_("Saved. You can come back to it at any time."))
        return redirect(_next(case_id, part))
    clashes = page_writing.clashes(form, saved)
    one = queries.case_for(case_id, me())
    shown, status = render_form(
        "proposals/write.html", form, clashes=clashes, **page_writing.part_page(one, part)
    )
    return shown, 409 if clashes else status


def _save(form: SectionForm, case_id: int, part: Section) -> writing.Saved | None:
    """Keep every answer that can be read; None where nothing could be kept."""
    form.validate()
    if form.form_errors:
        return None  # the page had expired: nothing may be written
    version = form.from_version
    saved = attempt(
        form, writing.save_section, case_id, me().id, part, form.answers(), version=version
    )
    if saved:
        form.version.data = str(saved.version)
    return saved


def _in_background() -> bool:
    return request.method == "POST" and request.accept_mimetypes.best == "application/json"


def _told_in_background(case_id: int, form: SectionForm, saved: writing.Saved | None):
    """What the small script says and needs: a sentence, the version, and a token for the next time."""
    now = format_time(clock.now(), "HH:mm")
    if saved is None:
        said = str(form.form_errors[0])
    elif saved.clashes:
        said = _("%(who)s wrote on this page too. Press Save to see both.", who=saved.by)
    elif form.errors:
        said = _("Saved at %(time)s, but for an answer that we cannot read yet.", time=now)
    else:
        said = _("Saved at %(time)s", time=now)
        if named := page_writing.names_itself(queries.case_for(case_id, me())):
            said += ". " + _(
                "Your group's name, which is private, stands here: %(where)s",
                where="; ".join(named),
            )
    status = 409 if saved is None or saved.clashes else 200
    told = {"said": said, "token": generate_csrf(), "clash": bool(saved and saved.clashes)}
    if saved and not saved.clashes:
        told["version"] = saved.version
    return jsonify(told), status


def _next(case_id: int, part: Section) -> str:
    """Where "Save and go on" leads: the next part, then the files; "Save" goes back to the list."""
    if "on" not in request.form:
        return url_for("proposals.edit", case_id=case_id)
    if further := after(part):
        return url_for("proposals.write", case_id=case_id, section=further.value)
    return url_for("proposals.case_files", case_id=case_id)


def _to_write(case_id: int) -> Proposal:
    """The case of a page on which its group writes. Whoever sends it without a part in the group is turned away before
    anything is read: the form that comes back would show what is not handed in yet.
    """
    one = queries.case_for(case_id, me())
    if request.method == "POST" and Role.ORGANISER not in roles_of(one, me()):
        raise Forbidden("not-your-part", writing.NOT_YOURS)
    return one


def _is_writing(one: Proposal) -> bool:
    return one.state in EDITABLE and Role.ORGANISER in roles_of(one, me())


# ---- the group's files


@bp.route("/cases/<int:case_id>/files", methods=["GET", "POST"])
@allow(SIGNED_IN)
def case_files(case_id: int):
    """Photos and documents beside the proposal: those that are good are kept at once, whatever else is wrong."""
    one = _to_write(case_id)
    if request.method != "POST" and not _is_writing(one):
        return redirect(url_for("proposals.case", case_id=case_id))
    form, too_much = uploads.form_of(one)
    if form.is_submitted() and not too_much:
        form.validate()
        if not form.form_errors:
            _keep_files(form, case_id)
        if not form.errors:
            flash(_("Saved. You can come back to it at any time."))
            return redirect(url_for("proposals.case_files", case_id=case_id))
    one = queries.case_for(case_id, me())
    kept = files.of_group(one)
    shown, status = render_form(
        "proposals/files.html", form, case=one, kept=kept, room=MOST_FILES - len(kept)
    )
    return shown, 413 if too_much else status


def _keep_files(form, case_id: int) -> None:
    """What was said of files first, then what shall go, then what could be read of the new ones."""
    said = {
        int(field.name.removeprefix("shows_")): field.data or ""
        for field in form
        if field.name.startswith("shows_") and not field.errors
    }
    attempt(form, files.describe, case_id, me().id, said)
    gone = request.form.get("remove", type=row_id)
    if gone and not form.errors:
        attempt(form, files.remove, case_id, me().id, gone)
    if form.errors:
        return
    if good := uploads.good_ones(form):
        left_out = attempt(form, files.add, case_id, me().id, good)
        if isinstance(left_out, list) and left_out:
            form.form_errors.append(
                _(
                    "There is room for %(most)s files. These were left out: %(names)s.",
                    most=MOST_FILES,
                    names=", ".join(left_out),
                )
            )


# ---- files, for whoever may read them


@bp.get("/cases/<int:case_id>/files/<int:file_id>")
@allow(PUBLIC)
def case_file(case_id: int, file_id: int):
    return _seen(case_id, file_id, small=False)


@bp.get("/cases/<int:case_id>/files/<int:file_id>/thumb")
@allow(PUBLIC)
def case_file_thumb(case_id: int, file_id: int):
    return _seen(case_id, file_id, small=True)


def _seen(case_id: int, file_id: int, *, small: bool) -> Response:
    """Bytes that can do nothing but be seen or be saved; kept by the reader's own browser only."""
    user = signed_in(current_user)
    file = files.one_for(queries.case_for(case_id, user), file_id, user, small=small)
    photo = file.mime == "image/webp"
    answer = Response(file.thumb if small else file.data, mimetype=file.mime)
    stem = file.name.rpartition(".")[0] or file.name
    answer.headers.set(
        "Content-Disposition",
        "inline" if photo else "attachment",
        filename=f"{stem}.{'webp' if photo else 'pdf'}",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = (
        f"private, max-age={AN_HOUR}" if file.public else "private, no-store"
    )
    return answer
