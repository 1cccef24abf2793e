"""The pages of what is done with the deposit of a let, beside those of the let itself."""

from flask_babel import lazy_gettext as _l

from portal.lettings.acts import ACTS, Act
from portal.lettings.forms import WhyForm
from portal.lettings.paying import deposits, forms, rent
from portal.lettings.rules import Action
from portal.web import Form

ACTS |= {
    Action.RECORD_DEPOSIT: Act(
        _l("Record the deposit"),
        _l("Only when you have the money. The group gets a receipt and the let is confirmed."),
        _l("I have the deposit"),
        _l("The deposit is recorded, the receipt is on its way, and the let is confirmed."),
        forms.DepositForm,
        deposits.record_deposit,
    ),
    Action.PLEDGE_DEPOSIT: Act(
        _l("Take a promise instead of a deposit"),
        _l("No money moves. Somebody you trust promises to pay up to the deposit if something is damaged, and the let is confirmed."),
        _l("Take the promise"),
        _l("The promise is written down, and the let is confirmed."),
        forms.PledgeForm,
        deposits.pledge_deposit,
    ),
    Action.WAIVE_DEPOSIT: Act(
        _l("Do without the deposit"),
        _l("The let is confirmed at once."),
        _l("Do without it"),
        _l("No deposit is needed any more. The let is confirmed."),
        WhyForm,
        deposits.waive_deposit,
    ),
    Action.UNDO_DEPOSIT: Act(
        _l("The deposit was recorded by mistake"),
        _l("The receipt becomes void and the group gets a letter with your reason. The let stays."),
        _l("It was a mistake"),
        _l("Corrected: the receipt is void."),
        WhyForm,
        deposits.undo_deposit,
        serious=True,
    ),
    Action.RETURN_DEPOSIT: Act(
        _l("Return the deposit"),
        _l("Give it back the way it came; what came by card goes back to the card by itself. To keep a part, say first what and why, so that the group can answer."),
        _l("It has been returned"),
        _l("The deposit is settled."),
        forms.ReturnForm,
        deposits.return_deposit,
        fresh=True,
    ),
    Action.ASK_RENT: Act(
        _l("Ask for rent in advance"),
        _l("For the dates of a month that are still to come. The group has 14 days to pay. When the month is over, what was given up in time or cancelled is taken off again."),
        _l("Ask for it"),
        _l("The group has been asked. The amount is on the page of the let."),
        forms.MonthForm,
        rent.ask_ahead,
    ),
    Action.CLAIM_DEPOSIT: Act(
        _l("Keep a part of the deposit"),
        _l("The group reads what you write and has 10 working days to answer. Then you settle the deposit."),
        _l("Ask the group"),
        _l("The group has been told and asked for its answer."),
        forms.ClaimForm,
        deposits.claim_deposit,
        serious=True,
    ),
    Action.ANSWER_CLAIM: Act(
        _l("Answer about the deposit"),
        _l("The broker wants to keep a part of it. Read what is written below, and say what you think."),
        _l("Send the answer"),
        _l("Your answer is with the broker."),
        forms.AnswerForm,
        deposits.answer_claim,
    ),
    Action.END_PLEDGE: Act(
        _l("End the promise"),
        _l("Nothing was damaged, so whoever promised to pay is free again."),
        _l("End it"),
        _l("The promise is over."),
        Form,
        deposits.end_pledge,
    ),
}  # fmt: skip
