"""The actions of the holder, the panel and its chair: their forms and services."""

from flask_babel import gettext as _

from portal.db import db
from portal.people.queries import me
from portal.proposals.acting import Act, bare, plain, sent, with_words, words_form
from portal.proposals.conditions import grounds_borne_out
from portal.proposals.forms import said_for
from portal.proposals.judging import forms as forms_judging
from portal.proposals.judging import holder, panel
from portal.proposals.judging.benefit import Result
from portal.proposals.judging.outlook import Outlook, outlook
from portal.proposals.judging.verdict import may_see_scores
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal, SummingUp
from portal.proposals.rules import Action
from portal.proposals.standing import profile_of, result_of, sides_of
from portal.web import Form


def _object(case_id: int, user_id: int, form: Form) -> None:
    holder.object_to(
        case_id,
        user_id,
        ground=form.ground.data,
        evidence=form.evidence.data,
        officer=holder.Officer(form.officer.data, form.post.data),
        papers=sent(form.files, _("Evidence of the holder's objection")),
    )


def _alternative(case_id: int, user_id: int, form: Form) -> None:
    criteria = [name.removeprefix("gain_") for name in form.data if name.startswith("gain_")]
    holder.name_alternative(
        case_id,
        user_id,
        planned=form.planned.data == "plans",
        plan={name: form[name].data for name in holder.PLAN},
        benefits=said_for(form, criteria),
        papers=sent(form.files, _("Evidence of the holder's own use")),
    )


def _notice_form(case: Proposal) -> Form:
    known = {True: "yes", False: "no", None: None}[case.open_space]
    return forms_judging.NoticeForm(data={"open_space": known})


def _notice(case_id: int, user_id: int, form: Form) -> None:
    notice = None
    if form.newspaper.data and form.on.data:
        shows = _("The notice in the %(newspaper)s", newspaper=form.newspaper.data)
        scan = next(iter(sent(form.scan, shows)), None)
        notice = holder.Notice(form.newspaper.data, form.on.data, scan)
    holder.record_notice(
        case_id,
        user_id,
        open_space=form.open_space.data == "yes",
        words=form.words.data or "",
        notice=notice,
    )


def _score_form(case: Proposal) -> Form:
    """The sheet, with what its writer has kept of it so far."""
    draft = panel.draft_of(case, me().id)
    return forms_judging.score_form(profile_of(case), sides_of(case))(
        data=draft.said if draft else None
    )


def _score(case_id: int, user_id: int, form: Form) -> None:
    sheet = {}
    for name in form.data:
        if name.startswith("points_"):
            _points, side, criterion = name.split("_", 2)
            reason = form[f"reason_{side}_{criterion}"].data or ""
            sheet[panel.Side(side), criterion] = (int(form[name].data), reason)
    panel.score(case_id, user_id, sheet)


def _capacity_form(case: Proposal) -> Form:
    data: dict[str, str] = {}
    for check in case.capacity:
        data[f"holds_{check.item}"] = "yes" if check.holds else "no"
        data[f"evidence_{check.item}"] = check.evidence
    return forms_judging.capacity_form(profile_of(case))(data=data)


def _capacity(case_id: int, user_id: int, form: Form) -> None:
    answers = {
        name.removeprefix("holds_"): (
            value == "yes",
            form[f"evidence_{name.removeprefix('holds_')}"].data or "",
        )
        for name, value in form.data.items()
        if name.startswith("holds_")
    }
    panel.check_capacity(case_id, user_id, answers)


def _sum_up_form(case: Proposal) -> Form:
    there = db.session.get(SummingUp, (case.id, case.round))
    return forms_judging.SumUpForm(data={"words": there.words if there else ""})


DECIDE_FORMS = {
    Outlook.GRANT: forms_judging.GrantForm,
    Outlook.BLOCKED: forms_judging.GrantForm,
    Outlook.OBJECTION: forms_judging.ObjectionForm,
}


def _decide_form(case: Proposal) -> Form:
    """The form that belongs to the outcome; one who may not know it yet is refused on the plainest."""
    if not may_see_scores(case, me()):
        return forms_judging.GrantForm()
    there = outlook(facts_of(case, me()))
    if there in DECIDE_FORMS:
        return DECIDE_FORMS[there]()
    offered = grounds_borne_out(case)
    form = forms_judging.with_grounds(forms_judging.RefuseForm, profile_of(case), offered)
    usual = _ground(there, result_of(case))
    return form(data={"ground": usual if usual in offered else None})


def _ground(there: Outlook, result: Result) -> str | None:
    """The ground that the outcome points to, so that it is chosen already."""
    if there is Outlook.FAILED and not result.capacity:
        return "capacity_not_shown"
    if there is Outlook.FAILED and not result.above_floor:
        return "benefit_not_shown"
    return {Outlook.TAKEN: "committed"}.get(there, "better_alternative")


def _decide(case_id: int, user_id: int, form: Form) -> None:
    given = {name: form.data.get(name) or "" for name in ("reasons", "ground", "evidence")}
    panel.decide(case_id, user_id, upheld=form.data.get("upheld") == "yes", **given)


UPLOAD = 64  # megabytes: four files of the largest kind, and what is typed
JUDGING: dict[Action, Act] = {
    Action.RECORD_NOTICE: Act(
        _notice_form, _notice, "proposals/record_notice.html", megabytes=UPLOAD
    ),
    Action.AGREE: Act(words_form, with_words(holder.agree)),
    Action.OBJECT: Act(
        lambda case: forms_judging.with_grounds(forms_judging.ObjectForm, profile_of(case))(),
        _object,
        megabytes=UPLOAD,
    ),
    Action.NAME_ALTERNATIVE: Act(
        lambda case: forms_judging.alternative_form(profile_of(case))(),
        _alternative,
        "proposals/alternative.html",
        megabytes=UPLOAD,
    ),
    Action.DECLARE_INTEREST: Act(plain, bare(panel.declare_interest)),
    Action.SCORE: Act(_score_form, _score, "proposals/score.html"),
    Action.CHECK_CAPACITY: Act(_capacity_form, _capacity, "proposals/capacity.html"),
    Action.SUM_UP: Act(_sum_up_form, with_words(panel.sum_up), "proposals/sum_up.html"),
    Action.DECIDE: Act(_decide_form, _decide, "proposals/decide.html"),
}
