"""The one table of a claim's life, from the first interest to the day the place is handed back. Pure.

Source: COMPACT, "Track 1 and 2: a proposal's life" and "The agreement". Read through `rules.py`.
"""

from portal.errors import N_
from portal.people.rules import Role
from portal.proposals import guards as g
from portal.proposals import guards_agreement as ga
from portal.proposals.steps import Action, Clock, Runs, State, Transition, within

A, S = Action, State
ORGANISER, BROKER, OFFICER = Role.ORGANISER, Role.BROKER, Role.OFFICER
PANEL, CHAIR, PORTAL, RESIDENT = Role.PANEL, Role.CHAIR, Role.PORTAL, Role.RESIDENT
PARTIES = (ORGANISER, OFFICER)
EVERYBODY = (ORGANISER, OFFICER, BROKER)
AND_RESIDENTS = (*EVERYBODY, RESIDENT)

DECIDING = (S.UNDER_TEST, S.HEARING, S.ESCALATED, S.REVIEW)
PUBLISHED = (S.ON_NOTICE, *DECIDING)
UNTIL_ANSWERED = Clock(Runs.UNTIL, "holder_response")
UNTIL_DECIDED = Clock(Runs.UNTIL, "decision")
AFTER_LAST_DAY = Clock(Runs.AFTER, "decision")
UNTIL_REVIEWED, AFTER_REVIEW = Clock(Runs.UNTIL, "review"), Clock(Runs.AFTER, "review")

# fmt: off
WRITING = (
    Transition(None, A.START, (ORGANISER,), S.DRAFT, N_("The group began to write its proposal."), "lodging",
               (g.place_is_vacant, g.group_may_ask)),
    Transition(S.DRAFT, A.REGISTER_INTEREST, (ORGANISER,), S.INTEREST,
               N_("The group registered its interest. Anybody may read that it intends to ask for this place."),
               "interest", (g.place_is_vacant, g.group_may_ask, g.intention_is_told), tells=EVERYBODY),
    *within((S.DRAFT, S.INTEREST),
            Transition(S.DRAFT, A.LODGE, (ORGANISER,), S.LODGED, N_("The group lodged its proposal."), "lodging",
                       (g.place_is_vacant, g.group_may_ask, g.interest_comes_first, g.complete, g.term_fits),
                       tells=(BROKER, ORGANISER), road=True)),
    Transition(S.LODGED, A.RETURN_INCOMPLETE, (BROKER,), S.RETURNED,
               N_("The broker returned the proposal, because something is missing."), "validation",
               (g.missing_is_named,), tells=(ORGANISER,)),
    Transition(S.RETURNED, A.LODGE, (ORGANISER,), S.LODGED, N_("The group lodged its proposal again."), "lodging",
               (g.place_is_vacant, g.group_may_ask, g.complete, g.term_fits), tells=(BROKER, ORGANISER)),
    Transition(S.LODGED, A.DECLINE_REPEAT, (BROKER,), S.LAPSED,
               N_("The broker declined the proposal: the same use of this place was refused not long ago."), "repeat",
               (g.is_a_repeat, g.says_why), tells=(ORGANISER,)),
    Transition(S.LODGED, A.VALIDATE, (BROKER,), S.VALIDATED,
               N_("The broker found the proposal complete. The clock runs from this day."), "validation",
               (g.place_is_vacant, g.repeat_has_a_reason), Clock(Runs.BY, "validation"), road=True),
    Transition(S.VALIDATED, A.PUBLISH, (PORTAL,), S.ON_NOTICE,
               N_("The proposal was published. Anybody may speak for or against it."), "notice",
               tells=EVERYBODY, road=True),
    *within((S.INTEREST, S.LODGED, S.RETURNED, *PUBLISHED),
            Transition(S.LODGED, A.SHOW_SIGN, (ORGANISER,), S.LODGED,
                       N_("The group showed that the site sign is up."), "sign",
                       (g.sign_is_asked_for, g.paper_is_there, g.not_too_early, g.not_too_late))),
    Transition(S.DRAFT, A.WITHDRAW, (ORGANISER,), S.WITHDRAWN, N_("The group gave its draft up."), "withdrawal"),
    # Whoever was told of it hears that there is nothing left to answer or to judge.
    *(row for states, tells in (((S.LODGED, S.RETURNED), (BROKER, ORGANISER)), ((S.INTEREST,), EVERYBODY),
                                (PUBLISHED, (*AND_RESIDENTS, PANEL, CHAIR)))
      for row in within(states, Transition(S.INTEREST, A.WITHDRAW, (ORGANISER,), S.WITHDRAWN,
                                           N_("The group withdrew its proposal."), "withdrawal", (g.says_why,),
                                           tells=tells))),
)

HEARING_OUT = (
    Transition(S.ON_NOTICE, A.REPRESENT, (RESIDENT,), S.ON_NOTICE,
               N_("Somebody spoke about the proposal."), "notice",
               (g.no_party, g.not_represented_yet, g.says_why), Clock(Runs.UNTIL, "representations")),
    Transition(S.ON_NOTICE, A.ANSWER, (ORGANISER,), S.ON_NOTICE,
               N_("The group answered what was said."), "notice",
               (g.something_to_answer,), Clock(Runs.UNTIL, "answers")),
    *within(PUBLISHED,
            Transition(S.ON_NOTICE, A.MODERATE, (BROKER,), S.ON_NOTICE,
                       N_("The broker took out what somebody had said."), "moderation",
                       (g.something_was_said, g.says_why))),
    *within((S.INTEREST, S.ON_NOTICE, S.UNDER_TEST),
            Transition(S.INTEREST, A.OPEN_PETITION, (ORGANISER,), S.INTEREST, N_("The group opened a petition."),
                       "petition", (g.petition_can_open,))),
    *within((S.INTEREST, S.LODGED, S.RETURNED, S.ON_NOTICE, S.UNDER_TEST),
            Transition(S.INTEREST, A.SIGN_PETITION, (RESIDENT,), S.INTEREST, N_("Somebody signed the petition."),
                       "petition", (g.petition_is_open,))),
    *within((S.INTEREST, S.LODGED, S.RETURNED, S.ON_NOTICE, S.UNDER_TEST),
            Transition(S.INTEREST, A.COUNT_PAPER, (BROKER,), S.INTEREST,
                       N_("The broker counted signatures on paper."), "petition",
                       (g.petition_is_open, g.paper_is_there))),
    *within(PUBLISHED,
            Transition(S.ON_NOTICE, A.RECORD_NOTICE, (BROKER,), S.ON_NOTICE,
                       N_("The broker recorded whether the land is open space, and the notices given of it."), "blocks",
                       (g.notices_are_asked_for, g.paper_is_there, g.not_too_early, g.not_too_late))),
    Transition(S.ON_NOTICE, A.AGREE, (OFFICER,), S.ON_NOTICE, N_("The holder agreed."), "response",
               (g.holder_has_not_answered,), UNTIL_ANSWERED, (ORGANISER,)),
    Transition(S.ON_NOTICE, A.OBJECT, (OFFICER,), S.ON_NOTICE, N_("The holder objected."), "response",
               (g.holder_has_not_answered, g.ground_is_listed, g.evidence_is_given, g.officer_is_named),
               UNTIL_ANSWERED, (ORGANISER,)),
    Transition(S.ON_NOTICE, A.NAME_ALTERNATIVE, (OFFICER,), S.ON_NOTICE,
               N_("The holder named another use for the place."), "response",
               (g.holder_has_not_answered, g.alternative_is_a_plan), UNTIL_ANSWERED, (ORGANISER,)),
    *within((S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.REVIEW),
            Transition(S.ON_NOTICE, A.ASK_MORE_TIME, (*PARTIES, CHAIR), S.ON_NOTICE,
                       N_("More time was asked for."), "extension",
                       (g.nobody_waits_for_time, g.says_why, g.not_too_early, g.not_too_late), tells=PARTIES)),
    *(row for action, sentence in (
        (A.GIVE_MORE_TIME, N_("More time was agreed.")), (A.REFUSE_MORE_TIME, N_("More time was not agreed.")))
      for row in within((S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.REVIEW),
                        Transition(S.ON_NOTICE, action, PARTIES, S.ON_NOTICE, sentence, "extension",
                                   (g.the_other_side_asked,), tells=(*EVERYBODY, CHAIR)))),
    *within((S.ON_NOTICE, S.UNDER_TEST),
            Transition(S.ON_NOTICE, A.OPEN_HEARING, (PORTAL,), S.ON_NOTICE, N_("A public hearing was opened."),
                       "hearing", (g.hearing_is_called_for, g.hearing_is_not_open),
                       tells=(*AND_RESIDENTS, CHAIR))),
)

TESTING = (
    Transition(S.ON_NOTICE, A.OPEN_TEST, (PORTAL,), S.UNDER_TEST,
               N_("The holder has answered and everybody was heard. The test began."), "test",
               (g.holder_has_answered,), Clock(Runs.AFTER, "answers"), (PANEL, CHAIR, BROKER), road=True),
    Transition(S.ON_NOTICE, A.OPEN_TEST, (PORTAL,), S.UNDER_TEST,
               N_("The holder's time to answer is over. The test began."), "test",
               (), Clock(Runs.AFTER, "holder_response"), (PANEL, CHAIR, BROKER, OFFICER)),
    *within(PUBLISHED,
            Transition(S.ON_NOTICE, A.DECLARE_INTEREST, (PANEL, CHAIR), S.ON_NOTICE,
                       N_("A member of the panel declared an interest and takes no part."), "interests",
                       (g.not_scored_yet, g.interest_not_declared))),
    *within((S.UNDER_TEST, S.HEARING, S.ESCALATED),
            Transition(S.UNDER_TEST, A.SCORE, (PANEL,), S.UNDER_TEST,
                       N_("A member of the panel scored the test."), "test",
                       (g.no_interest, g.not_scored_yet, g.on_this_panel, g.scores_are_whole))),
    Transition(S.REVIEW, A.SCORE, (PANEL,), S.REVIEW, N_("A member of the second panel scored the test."), "review",
               (g.no_interest, g.not_scored_yet, g.on_this_panel, g.scores_are_whole)),
    *within(DECIDING,
            Transition(S.UNDER_TEST, A.CHECK_CAPACITY, (BROKER, CHAIR), S.UNDER_TEST,
                       N_("It was checked whether the group can carry its proposal."), "capacity",
                       (g.no_interest, g.capacity_is_evidenced))),
    *within(DECIDING,
            Transition(S.UNDER_TEST, A.SUM_UP, (CHAIR,), S.UNDER_TEST,
                       N_("The chair summed up what the panel found."), "test",
                       (g.no_interest, g.on_this_panel, g.own_scores_are_given, g.panel_has_scored, g.says_why))),
    *within((S.HEARING, S.ESCALATED, S.REVIEW),
            Transition(S.HEARING, A.SET_HEARING, (CHAIR, BROKER), S.HEARING,
                       N_("What was set for the hearing was changed."), "hearing",
                       (g.hearing_is_open, g.not_heard_yet, g.hearing_is_set, g.not_too_early, g.not_too_late),
                       Clock(Runs.BY, "hearing"), (*AND_RESIDENTS, PANEL, CHAIR))),
    *(Transition(state, A.SET_HEARING, (CHAIR, BROKER), to, N_("The day and place of the hearing were set."),
                 "hearing", (g.hearing_is_open, g.not_heard_yet, g.not_too_early, g.not_too_late),
                 Clock(Runs.BY, "hearing"), (*AND_RESIDENTS, PANEL, CHAIR))
      for state, to in ((S.UNDER_TEST, S.HEARING), (S.ESCALATED, S.ESCALATED), (S.REVIEW, S.REVIEW))),
    *within((S.HEARING, S.ESCALATED, S.REVIEW),
            Transition(S.HEARING, A.RECORD_HEARING, (CHAIR,), S.HEARING,
                       N_("The hearing was held. Its minutes and outcome are on record."), "hearing",
                       (g.no_interest, g.hearing_is_set, g.hearing_day_has_come, g.not_heard_yet, g.says_why),
                       tells=(*AND_RESIDENTS, PANEL))),
    # What was published stays as it is; what was wrong in it is said below it, with its day.
    *within((S.HEARING, S.ESCALATED, S.REVIEW, S.GRANTED, S.GRANTED_BY_DEFAULT, S.REFUSED, S.AGREEMENT, S.IN_USE),
            Transition(S.HEARING, A.ADD_TO_MINUTES, (CHAIR,), S.HEARING,
                       N_("Something was added to the minutes of the hearing."), "hearing",
                       (g.no_interest, g.minutes_are_there, g.says_why), tells=(*AND_RESIDENTS, PANEL))),
)

DECIDED = tuple(
    Transition(state, A.DECIDE, (CHAIR,), to, sentence, clause,
               (g.no_interest, g.on_this_panel, g.own_scores_are_given, g.everybody_was_heard, g.capacity_is_checked,
                g.panel_has_scored, g.rivals_are_tested, *more),
               clock, AND_RESIDENTS, road=state is S.UNDER_TEST and to is S.GRANTED)
    for state, clock, clause in ((S.UNDER_TEST, UNTIL_DECIDED, "decision"), (S.HEARING, UNTIL_DECIDED, "decision"),
                                 (S.ESCALATED, None, "decision"), (S.REVIEW, UNTIL_REVIEWED, "review"))
    for to, sentence, more in (
        (S.GRANTED, N_("The use was granted: the proposal passed the test."),
         (g.test_is_passed, g.place_is_free, g.objection_is_not_upheld, g.no_rival_is_better, g.nothing_blocks)),
        (S.REFUSED, N_("The use was refused."), (g.a_block_leaves_a_choice, g.a_block_is_no_cause, g.refusal_has_cause, g.ground_is_listed, g.ground_is_borne_out,
          g.evidence_is_given)))
)

SILENCE = tuple(
    row for states, clock, clause in (((S.UNDER_TEST, S.HEARING), AFTER_LAST_DAY, "silence"),
                                      ((S.REVIEW,), AFTER_REVIEW, "silence"))
    for state in states
    for row in (
        Transition(state, A.DEFAULT_GRANT, (PORTAL,), S.GRANTED_BY_DEFAULT,
                   N_("The last day passed without a decision. The use was granted by default."), clause,
                   (g.place_is_free, g.silence_grants, g.nothing_blocks), clock, AND_RESIDENTS),
        Transition(state, A.LAPSE, (PORTAL,), S.LAPSED,
                   N_("The last day passed, and another proposal for the place had been granted."), "one_grant",
                   (g.place_is_taken,), clock, (ORGANISER, BROKER)),
        Transition(state, A.ESCALATE, (PORTAL,), S.ESCALATED,
                   N_("The last day passed without a decision. The case is overdue and went to the senior officer."),
                   clause, (g.place_is_free, g.silence_does_not_grant), clock, (ORGANISER, OFFICER, BROKER, CHAIR)),
    )
)

REVIEWING = (
    Transition(S.REFUSED, A.ASK_REVIEW, (ORGANISER,), S.REVIEW, N_("The group asked for a review by another panel."),
               "review", (g.not_reviewed_yet, g.place_is_free, g.says_why), Clock(Runs.UNTIL, "review_request"),
               (PANEL, CHAIR, *EVERYBODY)),
    Transition(S.ESCALATED, A.ASK_REVIEW, (ORGANISER,), S.REVIEW,
               N_("Nobody decided in time. The group asked for a review by another panel."),
               "review", (g.not_reviewed_yet, g.silence_opens_review, g.place_is_free, g.says_why),
               None, (PANEL, CHAIR, *EVERYBODY)),
)

AGREEING = (
    *within((S.GRANTED, S.GRANTED_BY_DEFAULT),
            Transition(S.GRANTED, A.DRAFT_AGREEMENT, (BROKER,), S.AGREEMENT,
                       N_("The broker drafted the heads of terms."), "agreement",
                       (ga.term_is_allowed,), tells=PARTIES, road=True)),
    Transition(S.AGREEMENT, A.DRAFT_AGREEMENT, (BROKER,), S.AGREEMENT,
               N_("The broker drafted the heads of terms anew."), "agreement",
               (ga.nobody_has_signed, ga.term_is_allowed), tells=PARTIES),
    Transition(S.AGREEMENT, A.CHANGE_TERMS, EVERYBODY, S.AGREEMENT, N_("A change to the terms was proposed."),
               "agreement", (ga.nobody_has_signed, ga.term_is_allowed), tells=PARTIES),
    Transition(S.AGREEMENT, A.ACCEPT_TERMS, PARTIES, S.AGREEMENT, N_("One side accepted terms."), "agreement",
               (ga.nobody_has_signed, ga.terms_wait_for_me), tells=EVERYBODY),
    Transition(S.AGREEMENT, A.CONTRACT_OUT, (BROKER, OFFICER), S.AGREEMENT,
               N_("It was recorded how security of tenure was contracted out."), "agreement",
               (ga.nobody_has_signed, ga.contracting_out_is_wanted, g.paper_is_there, g.not_too_early, g.not_too_late)),
    Transition(S.AGREEMENT, A.TAKE_DEPOSIT, (BROKER,), S.AGREEMENT, N_("The deposit is held by the broker."),
               "deposit", (ga.deposit_is_open,), tells=(ORGANISER,)),
    Transition(S.AGREEMENT, A.TAKE_DEPOSIT, (PORTAL,), S.AGREEMENT, N_("The deposit was paid by card."),
               "deposit", (ga.deposit_is_open, ga.card_has_paid), tells=PARTIES),
    Transition(S.AGREEMENT, A.WAIVE_DEPOSIT, (BROKER,), S.AGREEMENT, N_("No deposit is asked for."),
               "deposit", (ga.deposit_is_open, g.says_why), tells=(ORGANISER,)),
    Transition(S.AGREEMENT, A.SIGN, PARTIES, S.AGREEMENT, N_("One side signed the agreement."), "agreement",
               (ga.terms_are_agreed, ga.tenure_is_contracted_out, ga.may_be_signed_today,
                ga.this_side_has_not_signed, ga.signer_is_named,
                ga.text_is_the_one_shown), tells=EVERYBODY),
    Transition(S.AGREEMENT, A.HAND_OVER, (BROKER, OFFICER), S.IN_USE, N_("The place was handed over."), "use",
               (ga.is_no_renewal, ga.both_have_signed, ga.deposit_is_not_open), tells=PARTIES, road=True),
    Transition(S.AGREEMENT, A.GO_ON, (BROKER, OFFICER), S.IN_USE,
               N_("The renewal began: the use goes on under the new agreement."), "renewal",
               (ga.is_a_renewal, ga.both_have_signed, ga.deposit_is_not_open), tells=PARTIES),
    Transition(S.AGREEMENT, A.KEEP_ON, EVERYBODY, S.IN_USE,
               N_("The renewal was given up. The agreement that is signed goes on."), "renewal",
               (ga.is_a_renewal, ga.nobody_has_signed), tells=EVERYBODY),
    *within((S.GRANTED, S.GRANTED_BY_DEFAULT, S.AGREEMENT),
            Transition(S.GRANTED, A.LAPSE, (PORTAL,), S.LAPSED,
                       N_("The group did not sign in time, and the grant lapsed."), "agreement",
                       (ga.group_has_not_signed, ga.is_no_renewal), Clock(Runs.AFTER, "agreement"), EVERYBODY)),
)

USING = (
    Transition(S.IN_USE, A.RENEW, EVERYBODY, S.AGREEMENT, N_("A renewal was asked for."), "renewal",
               (ga.term_is_allowed,), tells=EVERYBODY),
    Transition(S.IN_USE, A.GIVE_NOTICE, PARTIES, S.IN_USE, N_("Notice was given: the use will end early."), "use",
               (ga.no_notice_was_given, ga.notice_may_be_given, g.not_too_early, g.not_too_late, g.says_why), tells=EVERYBODY),
    Transition(S.IN_USE, A.END, (ORGANISER, BROKER), S.ENDED, N_("The use ended and the place was returned."), "use",
               tells=EVERYBODY, road=True),
    # A grant may lapse after the group has paid: then too the money goes back.
    *(row for state in (S.ENDED, S.LAPSED) for row in (
        Transition(state, A.CLAIM_DEPOSIT, (BROKER,), state,
                   N_("The broker said what is to be kept of the deposit, and asked the group."), "deposit",
                   (ga.deposit_is_held, ga.deposit_is_not_claimed), tells=PARTIES),
        Transition(state, A.ANSWER_CLAIM, (ORGANISER,), state,
                   N_("The group answered about the deposit."), "deposit",
                   (ga.deposit_is_held, ga.claim_is_unanswered), tells=(BROKER, OFFICER)),
        Transition(state, A.SETTLE_DEPOSIT, (BROKER,), state, N_("The deposit was settled."), "deposit",
                   (ga.deposit_is_held, ga.group_was_heard), tells=PARTIES),
    )),
)
# fmt: on

TRANSITIONS: tuple[Transition, ...] = (
    *WRITING,
    *HEARING_OUT,
    *TESTING,
    *DECIDED,
    *SILENCE,
    *REVIEWING,
    *AGREEING,
    *USING,
)
