"""What the letter of each step says: one row a step, found by what was done and where it led. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.errors import N_
from portal.people.rules import Role
from portal.proposals.rules import Action, State, Transition
from portal.proposals.says import SENIOR, Says
from portal.proposals.words import PERIODS
from portal.proposals.words_letters_agreement import AGREEING

A, S = Action, State
ORGANISER, OFFICER, BROKER = Role.ORGANISER, Role.OFFICER, Role.BROKER
PANEL, CHAIR, RESIDENT = Role.PANEL, Role.CHAIR, Role.RESIDENT
READ = N_("Read the case, its history and all that was said on its page.")
SCORE = N_(
    "Read the proposal, the holder's side and what was said. Then score each criterion, each by yourself. "
    "If you stand near to the group or the holder, declare your interest instead."
)
PREPARE_TERMS = {
    ORGANISER: (
        N_("The broker drafts the heads of terms. Read them and accept, or change, each of them."),
    ),
    OFFICER: (
        N_(
            "The group may use the place as soon as an agreement is signed. Read the heads of terms that the broker drafts, and accept or change each of them."
        ),
    ),
    BROKER: (N_("Draft the heads of terms on the page of the case."),),
}
ONE_REVIEW = N_("There is one review of a case, and this decision ends it.")

SAYS: dict[tuple[State | Action, ...], Says] = {
    (A.REGISTER_INTEREST,): Says(
        N_("Interest registered"),
        (N_("From today anybody may read that %(group)s intends to ask for %(place)s."),),
        {
            ORGANISER: (N_("Finish the proposal and lodge it. Until then you can open a petition."),),
            OFFICER: (N_("Nothing has to be done yet. If you know of something that stands in the way, tell the broker now."),),
            BROKER: (N_("Help the group to a proposal that is complete."),),
        },
    ),
    (A.LODGE,): Says(
        N_("Proposal lodged"),
        (N_("This is the receipt for the proposal. The broker looks whether anything is missing; nothing is published before that."),),
        {
            ORGANISER: (N_("Nothing has to be done now. If something is missing you get a list of it."),),
            BROKER: (N_("Look whether it is complete. Publish it, or return it with a list of what is missing."),),
        },
        ("validation",),
    ),
    (A.RETURN_INCOMPLETE,): Says(
        N_("Something is missing"),
        (N_("Nothing is lost and nothing was refused. The clock does not run until the proposal is lodged again."),),
        {ORGANISER: (N_("Add what is missing and lodge the proposal again."), N_("Ask the broker if anything on the list is not clear."))},
    ),
    (A.DECLINE_REPEAT,): Says(
        N_("Declined: refused not long ago"),
        (N_("The proposal was not weighed. The same kind of use of this place was refused within the time that the rules name."),),
        {ORGANISER: (N_("Ask for another kind of use of this place, or for another place."), N_("Ask again when the time that the rules name is over."))},
    ),
    (A.PUBLISH,): Says(
        N_("Proposal published"),
        (
            N_("%(group)s asks to use %(place)s, which is held by %(holder)s. The broker found the proposal complete, and it is published today."),
            N_("What silence means: %(silence)s"),
        ),
        {
            OFFICER: (
                N_("Answer on the page of the case: agree, object on one of the grounds that the rules list, or name another use that you have or plan."),
                N_("An objection needs its evidence and a named officer. Another use needs its name, its date, its budget line and its document; that it may be needed is not a plan."),
                N_("If you need longer, ask the group for more time before the last day."),
                N_("If you do not answer, the test begins without your side."),
            ),
            ORGANISER: (
                N_("Tell your neighbours: anybody may speak. You may answer what is said."),
                N_("For land, put the site sign up and show it by a dated photo. Nothing is granted before it has stood as long as the rules ask."),
            ),
            BROKER: (N_("Tell owners, tenants and occupiers of the place and beside it."),),
        },
        ("representations", "answers", "holder_response", "decision"),
    ),
    (A.WITHDRAW,): Says(
        N_("Proposal withdrawn"),
        (N_("The case is over. The place can be asked for again, by this group too."),),
        {ORGANISER: (N_("You can ask for this or another place at any time."),)},
    ),
    (A.AGREE,): Says(
        N_("The holder agreed"),
        (N_("The panel scores the test all the same, so that a grant stands on its merits."),),
        {ORGANISER: (N_("Answer what was said, while you may."),)},
        ("answers", "decision"),
    ),
    (A.OBJECT,): Says(
        N_("The holder objected"),
        (N_("An objection refuses nothing by itself. The panel scores the test, and the chair decides with reasons whether the objection stands."),),
        {ORGANISER: (N_("Read the ground and its evidence, and add what speaks against it."), N_("Answer what was said, while you may."))},
        ("answers", "decision"),
        ("holder",),
    ),
    (A.NAME_ALTERNATIVE,): Says(
        N_("The holder named another use"),
        (N_("The panel scores both uses, criterion by criterion. A tie goes to the community."),),
        {ORGANISER: (N_("Read the other use, and add what speaks against it."), N_("Answer what was said, while you may."))},
        ("answers", "decision"),
        ("holder",),
    ),
    (A.ASK_MORE_TIME,): Says(
        N_("More time was asked for"),
        (N_("Nothing moves unless the other side agrees. If it does not answer, the old last day stands."),),
        {
            ORGANISER: (N_("If you were asked: agree or not, on the page of the case."),),
            OFFICER: (N_("If you were asked: agree or not, on the page of the case."),),
        },
        ("holder_response", "answers", "hearing", "decision", "review"),
    ),
    (A.GIVE_MORE_TIME,): Says(
        N_("More time was agreed"),
        (N_("The page of the case shows the new last day, the old one, and when both sides agreed."),),
        dates=("holder_response", "answers", "hearing", "decision", "review"),
    ),
    (A.REFUSE_MORE_TIME,): Says(
        N_("More time was not agreed"),
        (N_("The last days stay as they were."),),
        dates=("holder_response", "answers", "hearing", "decision", "review"),
    ),
    (A.OPEN_HEARING,): Says(
        N_("There will be a public hearing"),
        (N_("Its day and place are told in a letter of their own as soon as they are set."),),
        {
            CHAIR: (N_("Set a day, an hour and a place, with lawful notice."),),
            BROKER: (N_("Find a place that everybody can get into, and set the day with the chair."),),
            RESIDENT: (N_("You spoke about this proposal. You can come, and ask to speak there."),),
            ORGANISER: (N_("Think about who speaks for the group."),),
            OFFICER: (N_("Think about who speaks for the holder."),),
        },
        ("hearing", "decision"),
    ),
    (A.OPEN_TEST,): Says(
        N_("The test began"),
        (N_("The panel weighs what the use would bring, beside the holder's own use where it named one."),),
        {
            PANEL: (SCORE,),
            CHAIR: (N_("See that enough members score, that capacity is checked, and decide by the last day."),),
            BROKER: (N_("Check with evidence whether the group can carry its proposal."),),
            OFFICER: (N_("Your time to answer is over. You will hear what is decided."),),
        },
        ("hearing", "decision"),
    ),
    (A.SET_HEARING,): Says(
        N_("The public hearing"),
        (N_("Agenda, how to get in and how to join from home are on the page of the hearing, with a file for your calendar."),),
        {
            RESIDENT: (N_("Come and listen, or ask to speak on the page of the hearing."),),
            ORGANISER: (N_("Name who speaks for the group."),),
            OFFICER: (N_("Name who speaks for the holder."),),
            PANEL: (N_("Come, if you score this case."),),
            CHAIR: (N_("Lead the hearing, then record its minutes and outcome."),),
            BROKER: (N_("See that the place is open, and that those who need something to get in or to follow have it."),),
        },
    ),
    (A.RECORD_HEARING,): Says(
        N_("The hearing was held"),
        (N_("Its minutes are on the page of the hearing. The decision follows and has a letter of its own."),),
        {
            PANEL: (N_("If you have not scored yet, score now with what you heard."),),
            RESIDENT: (READ,),
        },
        ("decision", "review"),
    ),
    (A.ADD_TO_MINUTES,): Says(
        N_("The minutes were added to"),
        (N_("The minutes themselves stay as they were published."),),
        {RESIDENT: (READ,)},
    ),
    (A.DECIDE, S.GRANTED): Says(
        N_("Granted"),
        (N_("%(group)s may use %(place)s, as soon as an agreement is signed."),),
        {**PREPARE_TERMS, RESIDENT: (READ,)},
        ("agreement",),
        ("verdict",),
    ),
    (A.DECIDE, S.REFUSED): Says(
        N_("Refused"),
        (N_("The ground, what shows it, and the scores of both uses are in this letter and on the page of the case."),),
        {
            ORGANISER: (
                N_("You may ask for a review on the page of the case until the last day that this letter names. Say what was overlooked or weighed wrongly. Other members of the panel and another chair then decide anew."),
                N_("Ask the broker what would have to change, or which other place would do."),
            ),
            OFFICER: (N_("Nothing has to be done unless a review is asked for."),),
            RESIDENT: (READ,),
        },
        ("review_request",),
        ("verdict", "appeal"),
    ),
    (A.DECIDE, S.GRANTED, S.REVIEW): Says(
        N_("Granted after a review"),
        (N_("The first decision falls away. %(group)s may use %(place)s, as soon as an agreement is signed."),),
        {**PREPARE_TERMS, RESIDENT: (READ,)},
        ("agreement",),
        ("verdict",),
    ),
    (A.DECIDE, S.REFUSED, S.REVIEW): Says(
        N_("Refused after a review"),
        (N_("Another panel looked at the case anew and came to this."), ONE_REVIEW),
        {
            ORGANISER: (N_("Ask the broker what would have to change, or which other place would do."),),
            RESIDENT: (READ,),
        },
        parts=("verdict", "appeal"),
    ),
    (A.DEFAULT_GRANT,): Says(
        N_("Granted by default"),
        (
            N_("Nobody decided in time, and under the council's resolution that is a grant."),
            N_("%(group)s may use %(place)s, as soon as an agreement is signed."),
        ),
        {**PREPARE_TERMS, RESIDENT: (READ,)},
        ("agreement",),
        ("verdict",),
    ),
    (A.ESCALATE,): Says(
        N_("Overdue: not decided in time"),
        (N_("It is shown as overdue everywhere, and the senior officer gets a letter each week until it is decided."),),
        {
            SENIOR: (
                N_("See that the case is decided: that the panel has scored, that capacity is checked, that a hearing that is due is held."),
                N_("The chair can still decide. Nothing else has to be started anew."),
            ),
            CHAIR: (N_("Decide the case as soon as you can. If you cannot, say to the senior officer what is missing."),),
            BROKER: (N_("See what is missing, and tell the senior officer."),),
            ORGANISER: (N_("The case goes on. If nothing happens, write to the senior officer through the broker."),),
            OFFICER: (N_("Give the panel and the chair what they still need from you."),),
        },
        parts=("waits", "late_review", "appeal"),
    ),
    (A.ESCALATE, S.ESCALATED, S.REVIEW): Says(
        N_("Overdue: the review was not decided in time"),
        (N_("It is shown as overdue everywhere, and the senior officer gets a letter each week until it is decided."),),
        {
            SENIOR: (N_("See that the review is decided: that enough other members of the panel and another chair have taken it up."),),
            CHAIR: (N_("Decide the case as soon as you can, if you took no part the first time."),),
            BROKER: (N_("See what is missing, and tell the senior officer."),),
            ORGANISER: (N_("The case goes on. If nothing happens, write to the senior officer through the broker."),),
            OFFICER: (N_("Give the panel and the chair what they still need from you."),),
        },
        parts=("waits", "appeal"),
    ),
    (A.LAPSE,): Says(
        N_("Lapsed"),
        (N_("Only one proposal can be granted for a place. This case is over; it was not refused."),),
        {ORGANISER: (N_("Ask for another place; the broker helps to find one."),)},
    ),
    (A.LAPSE, S.LAPSED, S.GRANTED): (unsigned := Says(
        N_("Lapsed: not signed in time"),
        (N_("The place is vacant again and can be asked for, by this group too. A deposit that was paid goes back."),),
        {
            ORGANISER: (N_("You can ask for this place anew, or for another."),),
            BROKER: (N_("If a deposit is held, settle it."),),
        },
    )),
    (A.LAPSE, S.LAPSED, S.GRANTED_BY_DEFAULT): unsigned,
    (A.LAPSE, S.LAPSED, S.AGREEMENT): unsigned,
    (A.ASK_REVIEW,): Says(
        N_("A review was asked for"),
        (N_("Whoever scored or decided the first time takes no part. What silence means: %(silence)s"),),
        {
            PANEL: (N_("If you did not score the first time: score the test anew, each by yourself."),),
            CHAIR: (N_("If you did not decide the first time: see that the test is scored anew, and decide by the last day."),),
            ORGANISER: (N_("Nothing has to be done. You hear what is decided."),),
            OFFICER: (N_("Nothing has to be done. You hear what is decided."),),
            BROKER: (N_("See that enough members who took no part have time."),),
        },
        ("review",),
    ),
    **AGREEING,
}  # fmt: skip


def says_of(row: Transition) -> Says:
    """The letter of a step: the row that knows also where it came from goes before one that knows where it led."""
    keys = ((row.action, row.to, row.state), (row.action, row.to), (row.action,))
    return next(SAYS[key] for key in keys if key in SAYS)


# What an undecided last day means, by what conditions.silence_means makes of it.
SILENCE = {
    "grant": N_("If nobody decides by the last day, the use is granted by default, unless something that the rules name stands in the way."),
    "escalate": N_("If nobody decides by the last day, the case goes to the senior officer and is shown as overdue."),
    "review": N_("If nobody decides by the last day, the case goes to the senior officer, and the group can ask for a review by another panel."),
}  # fmt: skip

LAST_DAYS = {**PERIODS, "handback": _l("The deposit is paid back, or what is kept is explained, by the end of")}  # fmt: skip

NEXT_FOR = {
    ORGANISER: N_("What the group can do next"),
    OFFICER: N_("What the holder can do next"),
    BROKER: N_("What the broker can do next"),
    PANEL: N_("What members of the panel can do next"),
    CHAIR: N_("What the chair can do next"),
    RESIDENT: N_("What those who spoke can do next"),
    SENIOR: N_("What the senior officer can do next"),
}
# Why somebody gets the letter.
BECAUSE = {
    ORGANISER: N_("You get this letter because you organise the group."),
    OFFICER: N_("You get this letter because you act for the holder."),
    BROKER: N_("You get this letter because you are a broker of this area."),
    PANEL: N_("You get this letter because you are a member of the panel."),
    CHAIR: N_("You get this letter because you are a chair."),
    RESIDENT: N_("You get this letter because you spoke about the proposal."),
    SENIOR: N_(
        "You get this letter because you are the senior officer for cases that are overdue."
    ),
}
TO = {
    BROKER: N_("The broker"),
    PANEL: N_("The members of the panel"),
    CHAIR: N_("The chair"),
    RESIDENT: N_("Those who spoke about the proposal"),
    SENIOR: N_("The senior officer"),
}
