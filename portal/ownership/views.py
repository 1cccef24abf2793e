"""Pages: ask who owns a place, the questions and their answers, and what a broker does with them."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.areas.counting import how_counted
from portal.errors import RuleBroken
from portal.limits import limited
from portal.ownership import export, forms, page, queries, service, words
from portal.ownership.acts import ACTS, act_of, slug_of
from portal.ownership.models import Question
from portal.ownership.rules import WAITING, Action
from portal.people.access import PUBLIC, allow
from portal.people.models import User
from portal.people.queries import me
from portal.people.rules import Role
from portal.register.doors import Door, door
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.web import Form, attempt, render_form, row_id, told

bp = Blueprint("ownership", __name__)


def _user() -> User | None:
    return me() if current_user.is_authenticated else None


@door
def ways_in(asset: Asset):
    """On the page of land or a building: ask who owns it, or read what was answered."""
    if asset.kind is Kind.ROOM or asset.withheld_why:
        return
    question = queries.about_asset(asset.id)
    if question is not None:
        url = url_for("ownership.question", number=question.id)
        yield Door(_("Who owns it? Question %(number)s", number=question.id), url, words.summary(question))  # fmt: skip
    if question is None or question.state not in queries.OPEN:
        url = url_for("ownership.new", asset=asset.id)
        yield Door(words.door_label(asset), url, words.door_hint(asset))


@bp.route("/questions/new", methods=["GET", "POST"])
@limited("question")
@allow(PUBLIC)
def new():
    asset = page.asset_asked_about()
    form = page.ask_form(asset, _user())
    if form.validate_on_submit():
        if (number := request.form.get("join", type=row_id)) is not None:
            if page.wants_answer(form) and attempt(form, service.follow, number, page.asker(form, _user())):  # fmt: skip
                return _joined(number, form)
        elif page.nothing_unseen(form, asset) and (number := page.ask(form, asset, _user())):
            flash(page.thanks(form))
            return redirect(url_for("ownership.question", number=number))
    return render_form("ownership/ask.html", form, **page.around(form, asset))


@bp.get("/questions")
@allow(PUBLIC)
def questions():
    name, number = page.asked_list()
    found, total = queries.listed(name, number)
    return render_template(
        "ownership/questions.html",
        found=found,
        pages=-(-total // queries.PAGE),
        page=number,
        phase=name,
        phases=words.FILTERS,
        counts=queries.counts(),
        how_long=words.how_long(),
        words=words,
    )


@bp.get("/questions.csv")
@limited("download")
@allow(PUBLIC)
def as_csv():
    headers = {"Content-Disposition": "attachment; filename=questions.csv"}
    return Response(export.as_csv(), mimetype="text/csv", headers=headers)


@bp.get("/questions/<int:number>")
@allow(PUBLIC)
def question(number: int):
    one, user = queries.question_of(number), _user()
    can = queries.can_do(one, user)
    return render_template(
        "ownership/question.html",
        question=one,
        words=words,
        can_follow=one.state in WAITING and queries.listener_for(one, user) is None,
        acts=[(slug_of(action), how) for action, how in ACTS.items() if action in can],
        mine=page.own_link(one, user),
        counted=how_counted(queries.counted(one)),
        joined=queries.joined_into(one),
        **page.where(one),
    )


@bp.route("/questions/<int:number>/follow", methods=["GET", "POST"])
@limited("question")
@allow(PUBLIC)
def follow(number: int):
    one, user = queries.question_of(number), _user()
    if one.state not in WAITING:
        return redirect(url_for("ownership.question", number=number))
    form = forms.FollowForm(user)
    if form.validate_on_submit() and attempt(form, service.follow, number, page.asker(form, user)):
        return _joined(number, form)
    return render_form("ownership/follow.html", form, question=one, words=words)


@bp.route("/questions/letters/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def letters(token: str):
    """Where a letter's link leads: buttons, because mail scanners open links but do not press buttons."""
    listener = queries.listener_of(token)
    form, number = Form(), listener.question_id
    if request.form.get("List-Unsubscribe") == "One-Click":
        service.leave(listener.id)  # a mail program's own button: it has read no form (RFC 8058)
        return Response(str(page.LETTERS["leave"].said), mimetype="text/plain")
    done = page.LETTERS.get(request.form.get("do", ""))
    if form.validate_on_submit() and done and attempt(form, done.call, listener.id):
        flash(str(done.said))
        return redirect(url_for("ownership.question", number=number))
    return render_form(
        "ownership/letters.html",
        form,
        listener=listener,
        question=listener.question,
        can_withdraw=page.can_withdraw(listener),
        words=words,
    )


@bp.get("/desk/questions")
@allow(Role.BROKER)
def queue():
    name, number = page.asked_list("open")
    found, total = queries.queue(name, number)
    return render_template(
        "ownership/queue.html",
        found=found,
        pages=-(-total // queries.PAGE),
        page=number,
        phase=name,
        phases=words.FILTERS | {"all": _("All")},
        counts=queries.counts(),
        words=words,
    )


@bp.route("/questions/<int:number>/<slug>", methods=["GET", "POST"])
@allow(Role.BROKER)
def act(number: int, slug: str):
    action = act_of(slug) or abort(404)
    one = queries.question_of(number)
    how = ACTS[action]
    if request.method != "POST" and (refusal := _refusal(one, action)):
        flash(told(refusal), "error")
        return redirect(url_for("ownership.question", number=number))
    form = how.form(one)
    if form.validate_on_submit() and attempt(form, how.run, me().id, number, form):
        flash(str(how.done))
        return redirect(url_for("ownership.question", number=number))
    one = queries.question_of(number)
    return render_form(
        "ownership/act.html", form, act=how, action=action, question=one, words=words, near=page.near(one, action)
    )  # fmt: skip


def _refusal(one: Question, action: Action) -> RuleBroken | None:
    """What the table says against opening an action's page; the rest is for the service, with what was typed."""
    if action in queries.can_do(one, me()):
        return None
    return RuleBroken(
        "not-now",
        "That cannot be done now. Look at the question again: it has moved on since you opened the page.",
    )


def _joined(number: int, form: Form) -> Response:
    flash(page.thanks(form, joined=True))
    return redirect(url_for("ownership.question", number=number))
