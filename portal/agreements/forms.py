"""Forms of agreements: shape and wording."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.agreements import terms
from portal.agreements.rules import TERMS, Kind, Route, Term
from portal.agreements.rules import Form as Kinds
from portal.agreements.terms import Now
from portal.agreements.words import FORM_MEANS, FORMS, say, term_name
from portal.fields import DateParts, Pounds
from portal.money.rules import Paid
from portal.pictures import ACCEPTED
from portal.proposals.boxes import NEEDED, PAPERS, PAPERS_HINT, MayWait, text_box, with_fields
from portal.proposals.models import Proposal
from portal.web import Form

MONTHS = InputRequired(_l("Write how many months."))
AMOUNT = InputRequired(_l("Write an amount, or 0 for none."))


def _form_field() -> RadioField:
    choices = [
        SelectChoice(form.value, words, {"hint": FORM_MEANS[form]}) for form, words in FORMS.items()
    ]
    return RadioField(
        _l("Which kind of agreement?"),
        choices=choices,
        validators=[InputRequired(_l("Choose one of the two."))],
    )


class DraftForm(Form):
    form = _form_field()
    starts_on = DateParts(_l("On which day does it begin?"), validators=[NEEDED])
    term_months = IntegerField(_l("For how many months?"), validators=[MONTHS])
    rent = Pounds(_l("Rent for a year"), description=_l("0 is a peppercorn."), validators=[AMOUNT])
    deposit = Pounds(_l("Deposit"), description=_l("0 is none."), validators=[AMOUNT])
    permitted_use = text_box(_l("What the place may be used for"), needed=True)
    further = text_box(_l("Further terms"))


def draft_form(case: Proposal) -> Form:
    """The terms that differ from case to case, filled in from the proposal or from the draft there is."""
    agreement = terms.current(case.id)
    if agreement is None:
        usual = {"form": Kinds.LICENCE.value, "rent": 0, "deposit": 0}
        return DraftForm(data=usual | {"term_months": case.term_months, "permitted_use": case.use})
    said = terms.values_of(agreement)
    data = {name: _typed(TERMS[name], said[name]) for name in DraftForm()._fields if name in TERMS}
    return DraftForm(data=data)


def _typed(term: Term, value: str) -> object:
    """A term's value as its field takes it."""
    if term.kind is Kind.DAY:
        return date.fromisoformat(value)
    return int(value) if term.kind in (Kind.NUMBER, Kind.POUNDS) else value


def _field(term: Term) -> Field:
    """The field that asks for what a term should say."""
    label = _l("What should it say?")
    if term.kind is Kind.CHOICE:
        return _form_field()
    if term.kind is Kind.DAY:
        return DateParts(label, validators=[NEEDED])
    if term.kind is Kind.NUMBER:
        within = _l("Write a number from %(least)s to %(most)s.", least=term.least, most=term.most)
        needed = InputRequired(_l("Write a number."))
        return IntegerField(label, validators=[needed, NumberRange(term.least, term.most, within)])
    if term.kind is Kind.POUNDS:
        return Pounds(label, validators=[AMOUNT])
    return text_box(label, needed=not term.may_be_empty, rows=8)


class ChangeForm(Form):
    version = HiddenField()


def change_form(now: Now) -> Form:
    """One term: what it should say instead. `version` is the one that the page shows."""
    form = with_fields(ChangeForm, {"value": _field(now.term)})(
        data={"value": _typed(now.term, now.value), "version": now.row.version}
    )
    form.now = now
    return form


class AcceptForm(Form):
    shown = HiddenField()


def accept_form(open_ones: Iterable[Now]) -> Form:
    """The terms that wait for one's side: a box each, and which version of each the page shows."""
    open_ones = list(open_ones)
    shown = [f"{now.term.key}:{now.row.version}" for now in open_ones]
    field = SelectMultipleField(
        _l("Which terms does your side accept?"),
        choices=[
            SelectChoice(name, term_name(now.term.key), {"hint": say(now.term.key, now.value)})
            for name, now in zip(shown, open_ones, strict=True)
        ],
        validate_choice=False,  # one that was changed meanwhile is told of by the service
    )
    form = with_fields(AcceptForm, {"which": field})()
    form.fresh = " ".join(shown)
    return form


class SignForm(Form):
    shown_hash = HiddenField()
    name = StringField(
        _l("Your full name"),
        validators=[InputRequired(_l("Write your name to sign.")), Length(max=120)],
    )
    position = StringField(
        _l("In what position do you sign?"),
        description=_l("For example: treasurer, head of estates, one of the neighbours."),
        validators=[InputRequired(_l("Say in what position you sign.")), Length(max=120)],
    )
    read = BooleanField(
        _l("I have read the paper and sign it for my side"),
        validators=[InputRequired(_l("Tick the box to sign."))],
    )


class ContractOutForm(Form):
    route = RadioField(
        _l("Which declaration did the group make?"),
        choices=[
            SelectChoice(
                Route.SIMPLE.value,
                _l("A declaration"),
                {"hint": _l("The notice came at least 14 days before the lease is signed.")},
            ),
            SelectChoice(
                Route.STATUTORY.value,
                _l("A statutory declaration"),
                {"hint": _l("The notice came later. It is made before a solicitor or another who may take oaths.")},
            ),
        ],
        validators=[InputRequired(_l("Choose one of the two."))],
    )  # fmt: skip
    notice_on = DateParts(_l("On which day was the warning notice served?"), validators=[NEEDED])
    declared_on = DateParts(_l("On which day was the declaration made?"), validators=[NEEDED])
    declared_by = StringField(
        _l("Who made it, for the group?"), validators=[NEEDED, Length(max=120)]
    )
    scan = FileField(
        _l("A scan or photo of the notice and the declaration"),
        description=PAPERS_HINT,
        validators=[MayWait()],  # the table asks for it, so that the rest is not lost
        render_kw={"accept": PAPERS},
    )


class TakeForm(Form):
    paid_by = RadioField(
        _l("How was it paid?"),
        choices=[
            SelectChoice(Paid.CASH.value, _l("In cash")),
            SelectChoice(Paid.TRANSFER.value, _l("By transfer")),
        ],
        validators=[InputRequired(_l("Say how it was paid."))],
    )


class WhyForm(Form):
    why = text_box(_l("Why?"), needed=True)


class ConditionForm(Form):
    words = text_box(_l("How is the place?"), _l("Room by room or part by part: what is sound, what is worn, what is broken."), needed=True, rows=8)  # fmt: skip
    keys = text_box(_l("Keys: how many, for what, and who has them"), _l("Only the two sides and the broker read this."), rows=2)  # fmt: skip
    meters = text_box(_l("Meter readings"), _l("For example: water 00123, electricity 45678."), rows=2)  # fmt: skip


class NoticeForm(Form):
    ends_on = DateParts(_l("Which day is to be the last?"), validators=[NEEDED])
    why = text_box(_l("Why?"), needed=True)


class RenewForm(Form):
    term_months = IntegerField(_l("For how many more months?"), validators=[MONTHS])


class ClaimForm(Form):
    pence = Pounds(_l("How much is to be kept?"), validators=[AMOUNT])
    why = text_box(_l("Why?"), needed=True)
    evidence = text_box(_l("What shows it?"), _l("For example photos of before and after, and a bill."), needed=True)  # fmt: skip


class AnswerForm(Form):
    agrees = RadioField(
        _l("Do you agree that this is kept?"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Say yes or no."))],
    )
    words = text_box(_l("What do you say to it?"))


class SettleForm(Form):
    kept_pence = Pounds(
        _l("How much is kept after all?"),
        description=_l("At most what you have told the group. 0: all of it goes back."),
        validators=[Optional()],
    )


class PhotosForm(Form):
    photos = MultipleFileField(
        _l("Photos"),
        description=_l("As many as you like, at most 15 MB each. Photos from a phone are fine."),
        validators=[MayWait()],
        render_kw={"accept": ACCEPTED},
    )


def photos_form() -> Form:
    """Photos, kept as soon as they are sent."""
    return PhotosForm()
