"""What pages say about agreements: actions, terms, forms, and what waits for whom. Wording only."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agreements.rules import TERMS, Form, Kind
from portal.people.rules import Role
from portal.proposals import words
from portal.proposals.rules import Action
from portal.proposals.words import ActionWords
from portal.web import day, pounds

FORMS = {Form.LICENCE: _l("Licence"), Form.LEASE: _l("Meanwhile Use lease")}
# Two sentences each: what it gives, and when it fits.
FORM_MEANS = {
    Form.LICENCE: _l(
        "A permission to use the place, while the holder keeps control of it. It fits short uses, shared places and whatever should be simple."
    ),
    Form.LEASE: _l(
        "A right to have the place to oneself for the term, as its tenant. It fits a group that spends money there or needs to lock the door; over six months in England and Wales a warning notice and a declaration come first."
    ),
}
# Public model documents to compare with; ours are in our own words.
MODELS = (
    (
        _l("Meanwhile leases: samples, and which one fits (Community Land Advisory Service)"),
        "https://wl.communitylandadvice.org.uk/en/resource/leases-meanwhile-leases",
    ),
    (
        _l("Meanwhile use toolkit: heads of terms, lease and licence (Meanwhile Foundation)"),
        "https://cultureinourcity.com/resources/meanwhile-use-toolkit-2/",
    ),
)
SIDES = {Role.ORGANISER: _l("the group"), Role.OFFICER: _l("the holder"), Role.BROKER: _l("the broker")}  # fmt: skip
SIGNED_FOR = {Role.ORGANISER: _l("Signed for the group"), Role.OFFICER: _l("Signed for the holder")}
UNTIL_SIGNED = _l("Subject to contract and without prejudice")
LAW = {
    "england": _l("England and Wales"),
    "wales": _l("England and Wales"),
    "scotland": _l("Scotland"),
    "northern_ireland": _l("Northern Ireland"),
}

ACTIONS = {
    Action.DRAFT_AGREEMENT: ActionWords(
        _l("Draft the heads of terms"),
        _l("The usual terms are filled in. Both sides can change each of them, and both accept each before they sign."),
        _l("Draft these terms"),
    ),
    Action.CHANGE_TERMS: ActionWords(
        _l("Change a term"),
        _l("The other side sees what it said before and what it says now, and has to accept it again."),
        _l("Propose this"),
    ),
    Action.ACCEPT_TERMS: ActionWords(
        _l("Accept terms"),
        _l("When both sides have accepted every term, the paper is made that both sign. Until then nothing binds anybody."),
        _l("Accept the ticked terms"),
    ),
    Action.CONTRACT_OUT: ActionWords(
        _l("Record that tenure is contracted out"),
        _l("A lease of more than six months in England and Wales gives a tenant the right to stay on, unless the tenant was warned and declared that it had read the warning. Record both here, with a scan. The lease then names them."),
        _l("Put this on record"),
    ),
    Action.TAKE_DEPOSIT: ActionWords(
        _l("Record the deposit"),
        _l("Only when you have the money. The group gets the receipt's number."),
        _l("I have the deposit"),
    ),
    Action.WAIVE_DEPOSIT: ActionWords(
        _l("Do without the deposit"), _l("The place can then be handed over without one."), _l("Do without it")
    ),
    Action.SIGN: ActionWords(
        _l("Sign the agreement"),
        _l("Read the paper. Once one side has signed, it can never change."),
        _l("Sign this paper"),
    ),
    Action.HAND_OVER: ActionWords(
        _l("Hand the place over"),
        _l("Walk round together, and say how the place is today. At the end its return is measured against this."),
        _l("It has been handed over"),
    ),
    Action.GO_ON: ActionWords(
        _l("Begin the renewal"),
        _l("Both sides have signed it. The group is in the place already, so nothing is handed over and nothing is recorded anew."),
        _l("The use goes on"),
    ),
    Action.KEEP_ON: ActionWords(
        _l("Give the renewal up"),
        _l("What both sides have signed goes on to its last day, as if nobody had asked."),
        _l("Give the renewal up"),
    ),
    Action.GIVE_NOTICE: ActionWords(
        _l("Give notice"),
        _l("The use then ends early, on the day that you name. The other side gets a letter today."),
        _l("Give notice"),
    ),
    Action.RENEW: ActionWords(
        _l("Ask to renew"),
        _l("A new edition begins on the day after this one ends, on the same terms until somebody changes them. Nothing changes before both sides have signed it."),
        _l("Ask to renew"),
    ),
    Action.END: ActionWords(
        _l("Record the return"),
        _l("Walk round together, and say how the place is today, beside how it was at the start. It then shows as vacant again."),
        _l("It has been returned"),
    ),
    Action.CLAIM_DEPOSIT: ActionWords(
        _l("Keep a part of the deposit"),
        _l("Say what is to be kept, why, and what shows it. The group answers before anything is kept."),
        _l("Tell the group"),
    ),
    Action.ANSWER_CLAIM: ActionWords(
        _l("Answer about the deposit"),
        _l("The broker means to keep a part of your deposit. Say whether you agree."),
        _l("Send this answer"),
    ),
    Action.SETTLE_DEPOSIT: ActionWords(
        _l("Give the deposit back"),
        _l("Give it back the way it came."),
        _l("It has been given back"),
    ),
}  # fmt: skip
words.ACTIONS |= ACTIONS
words.SERIOUS |= {Action.END, Action.GIVE_NOTICE, Action.KEEP_ON}


def term_name(key: str) -> str:
    """What a term is called."""
    return _(TERMS[key].title)


def say(key: str, value: str) -> str:
    """What a term says, as a person reads it."""
    kind = TERMS[key].kind
    if kind is Kind.CHOICE:
        return str(FORMS[Form(value)])
    if kind is Kind.DAY:
        return day(date.fromisoformat(value))
    if kind is Kind.POUNDS:
        return _money(key, int(value))
    return value or _("Nothing")


def _money(key: str, pence: int) -> str:
    if pence:
        return _("%(amount)s a year", amount=pounds(pence)) if key == "rent" else pounds(pence)
    return _("A peppercorn, if asked for") if key == "rent" else _("None")
