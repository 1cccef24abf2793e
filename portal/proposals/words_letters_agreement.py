"""What the letters about an agreement, the use and the deposit say. Wording only."""

from portal.errors import N_
from portal.people.rules import Role
from portal.proposals.rules import Action
from portal.proposals.says import Says

A = Action
ORGANISER, OFFICER, BROKER = Role.ORGANISER, Role.OFFICER, Role.BROKER

TALK = {
    ORGANISER: (N_("Look at the terms: accept what is right, and change what is not."),),
    OFFICER: (N_("Look at the terms: accept what is right, and change what is not."),),
    BROKER: (N_("See that both sides come to terms in time."),),
}

AGREEING = {
    (A.DRAFT_AGREEMENT,): Says(
        N_("Heads of terms drafted"),
        (N_("They are subject to contract and without prejudice: until both sides have signed, they bind nobody."),),
        TALK,
        ("agreement",),
    ),
    (A.CHANGE_TERMS,): Says(
        N_("A change to the terms"),
        (N_("What is changed has to be accepted anew by both sides."),),
        TALK,
        ("agreement",),
    ),
    (A.ACCEPT_TERMS,): Says(
        N_("Terms accepted"),
        (N_("When both sides have accepted every term, the paper is made that both sign."),),
        TALK,
        ("agreement",),
    ),
    (A.TAKE_DEPOSIT,): Says(
        N_("Receipt for the deposit"),
        (N_("The broker holds it until the place is given back."),),
        {ORGANISER: (N_("Keep this letter as your receipt."),)},
    ),
    (A.WAIVE_DEPOSIT,): Says(N_("No deposit is asked for"), (N_("The place can be handed over without one."),)),
    (A.SIGN,): Says(
        N_("The agreement was signed by one side"),
        (N_("The text that was signed is kept byte for byte, and nobody can change it any more."),),
        {
            ORGANISER: (N_("If you have not signed yet, read the paper and sign it on the page of the agreement."),),
            OFFICER: (N_("If you have not signed yet, read the paper and sign it on the page of the agreement."),),
            BROKER: (N_("When both have signed, hand the place over."),),
        },
        ("agreement",),
    ),
    (A.HAND_OVER,): Says(
        N_("The place was handed over"),
        (N_("From today the group uses %(place)s under the agreement."),),
        {
            ORGANISER: (N_("Look at the condition that was recorded and at its photos. If something is wrong, tell the broker now."),),
            OFFICER: (N_("Look at the condition that was recorded and at its photos. If something is wrong, tell the broker now."),),
        },
    ),
    (A.GO_ON,): Says(
        N_("The renewal has begun"),
        (N_("The group goes on using %(place)s, under the new agreement that both sides have signed. Nothing has to be handed over."),),
    ),
    (A.KEEP_ON,): Says(
        N_("The renewal was given up"),
        (N_("The agreement that both sides have signed goes on to its last day."),),
    ),
    (A.RENEW,): Says(
        N_("A renewal was asked for"),
        (N_("The agreement that is signed stays in force. Nothing changes before both sides have signed the new one."),),
        TALK,
    ),
    (A.GIVE_NOTICE,): Says(
        N_("Notice was given"),
        (N_("Until then everything goes on as agreed."),),
        {
            ORGANISER: (N_("Plan the return: the harvest, your tools, the keys."),),
            OFFICER: (N_("Plan the return: who walks round with the group, and what happens to the place then."),),
            BROKER: (N_("Be there when the place is given back."),),
        },
    ),
    (A.END,): Says(
        N_("The use ended"),
        (N_("The place was returned, and shows as vacant again."),),
        {
            ORGANISER: (N_("The deposit is paid back, or you hear what is to be kept and why, and can answer."),),
            OFFICER: (N_("Thank you for letting it be used."),),
            BROKER: (N_("Settle the deposit."),),
        },
        ("handback",),
    ),
    (A.CLAIM_DEPOSIT,): Says(
        N_("About the deposit"),
        (N_("What is to be kept, why, and what shows it stands on the page of the agreement."),),
        {ORGANISER: (N_("Say whether you agree. Nothing is kept before you were heard."),)},
        ("handback",),
    ),
    (A.ANSWER_CLAIM,): Says(
        N_("The group answered about the deposit"),
        (N_("Its answer stands on the page of the agreement."),),
        {BROKER: (N_("Read the answer, then settle the deposit."),)},
        ("handback",),
    ),
    (A.SETTLE_DEPOSIT,): Says(
        N_("The deposit was settled"),
        (N_("What was paid back and what was kept stands on the page of the agreement."),),
        {ORGANISER: (N_("If the money does not arrive, ask the broker."),)},
    ),
}  # fmt: skip
