"""The actions of an agreement: their forms and services, one row each."""

from flask import request

from portal.agreements import deposits, forms, negotiating, service, terms
from portal.agreements.knowing import side_of
from portal.agreements.rules import Route
from portal.errors import NotFound
from portal.money.rules import Paid
from portal.people.queries import me
from portal.proposals.acting import Act, bare, plain, sent
from portal.proposals.acts import ACTS
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.web import Form

MEGABYTES = 20


def _draft(case_id: int, user_id: int, form: Form) -> None:
    names = ("form", "starts_on", "term_months", "rent", "deposit", "permitted_use", "further")
    negotiating.draft_agreement(case_id, user_id, {name: form[name].data for name in names})


def _change_form(case: Proposal) -> Form:
    """The term that the address names; without one the page lists them all."""
    agreement = terms.current(case.id)
    now = terms.now_of(agreement).get(request.args.get("term", "")) if agreement else None
    if now is None:
        raise NotFound("no-term", "There is no such term. Choose one on the page of the terms.")
    return forms.change_form(now)


def _change(case_id: int, user_id: int, form: Form) -> None:
    version = str(form.version.data or "")
    negotiating.change_term(
        case_id,
        user_id,
        form.now.term.key,
        form.value.data,
        version=int(version) if version.isdecimal() and len(version) <= len("999999") else 0,
    )


def _accept_form(case: Proposal) -> Form:
    agreement = terms.current(case.id)
    return forms.accept_form(terms.open_for(agreement, side_of(case, me())) if agreement else [])


def _accept(case_id: int, user_id: int, form: Form) -> None:
    ticked = (form.shown.data or "").split() if "all" in request.form else form.which.data
    pairs = [one.partition(":")[::2] for one in ticked or ()]
    shown = {key: int(v) for key, v in pairs if v.isdecimal() and len(v) <= len("999999")}
    negotiating.accept_terms(case_id, user_id, shown if len(shown) == len(pairs) else {"": 0})


def _contract_out(case_id: int, user_id: int, form: Form) -> None:
    scans = sent(form.scan, "The warning notice and the declaration.")
    negotiating.contract_out(
        case_id,
        user_id,
        route=Route(form.route.data),
        notice_on=form.notice_on.data,
        declared_on=form.declared_on.data,
        declared_by=form.declared_by.data,
        scan=scans[0] if scans else None,
    )


def _sign_form(case: Proposal) -> Form:
    agreement = terms.current(case.id)
    return forms.SignForm(shown_hash=agreement.sha256 if agreement else "")


def _sign(case_id: int, user_id: int, form: Form) -> None:
    service.sign(
        case_id,
        user_id,
        name=form.name.data,
        position=form.position.data,
        shown_hash=form.shown_hash.data or "-",
    )


def _condition(call):
    def run(case_id: int, user_id: int, form: Form) -> None:
        call(
            case_id,
            user_id,
            form.words.data,
            keys=form.keys.data or "",
            meters=form.meters.data or "",
        )

    return run


def _renew_form(case: Proposal) -> Form:
    agreement = terms.in_force(case.id)
    return forms.RenewForm(data={"term_months": agreement.term_months if agreement else None})


def _renew(case_id: int, user_id: int, form: Form) -> None:
    negotiating.renew(case_id, user_id, term_months=form.term_months.data)


def _claim(case_id: int, user_id: int, form: Form) -> None:
    said = {name: form[name].data for name in ("pence", "why", "evidence")}
    deposits.claim(case_id, user_id, **said)


def _settle_form(case: Proposal) -> Form:
    claim = deposits.claim_of(case.id)
    return forms.SettleForm(data={"kept_pence": claim.pence}) if claim else Form()


def _settle(case_id: int, user_id: int, form: Form) -> None:
    kept = form.kept_pence.data or 0 if "kept_pence" in form else 0
    deposits.settle(case_id, user_id, kept_pence=kept)


ACTS |= {
    Action.DRAFT_AGREEMENT: Act(forms.draft_form, _draft, "agreements/draft.html"),
    Action.CHANGE_TERMS: Act(_change_form, _change, "agreements/change.html"),
    Action.ACCEPT_TERMS: Act(_accept_form, _accept, "agreements/accept.html"),
    Action.CONTRACT_OUT: Act(
        lambda _case: forms.ContractOutForm(),
        _contract_out,
        "agreements/contract_out.html",
        megabytes=MEGABYTES,
    ),
    Action.TAKE_DEPOSIT: Act(
        lambda _case: forms.TakeForm(),
        lambda case_id, user_id, form: deposits.take(
            case_id, user_id, paid_by=Paid(form.paid_by.data)
        ),
        "agreements/deposit.html",
    ),
    Action.WAIVE_DEPOSIT: Act(
        lambda _case: forms.WhyForm(),
        lambda case_id, user_id, form: deposits.waive(case_id, user_id, form.why.data),
        "agreements/deposit.html",
    ),
    Action.SIGN: Act(_sign_form, _sign, "agreements/sign.html"),
    Action.HAND_OVER: Act(
        lambda _case: forms.ConditionForm(),
        _condition(service.hand_over),
        "agreements/condition.html",
    ),
    Action.GO_ON: Act(plain, bare(service.go_on)),
    Action.KEEP_ON: Act(plain, bare(negotiating.keep_on)),
    Action.GIVE_NOTICE: Act(
        lambda _case: forms.NoticeForm(),
        lambda case_id, user_id, form: service.give_notice(
            case_id, user_id, ends_on=form.ends_on.data, why=form.why.data
        ),
        "agreements/notice.html",
    ),
    Action.RENEW: Act(_renew_form, _renew),
    Action.END: Act(
        lambda _case: forms.ConditionForm(),
        _condition(service.end),
        "agreements/condition.html",
    ),
    Action.CLAIM_DEPOSIT: Act(lambda _case: forms.ClaimForm(), _claim, "agreements/deposit.html"),
    Action.ANSWER_CLAIM: Act(
        lambda _case: forms.AnswerForm(),
        lambda case_id, user_id, form: deposits.answer(
            case_id, user_id, agrees=form.agrees.data == "yes", words=form.words.data or ""
        ),
        "agreements/deposit.html",
    ),
    Action.SETTLE_DEPOSIT: Act(_settle_form, _settle, "agreements/deposit.html", fresh=True),
}
