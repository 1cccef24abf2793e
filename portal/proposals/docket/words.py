"""How the register of cases is put: its filters, its order, the columns of its file. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.proposals.docket.search import Sort
from portal.proposals.rules import Track
from portal.proposals.writing.words import USES

__all__ = ["COLUMNS", "SORTS", "TRACKS", "USES"]

TRACKS = {Track.LAND: _l("Land"), Track.BUILDING: _l("Building")}
SORTS = {
    Sort.NEWEST: _l("Newest first"),
    Sort.DUE: _l("Next to be decided first"),
    Sort.PLACE: _l("By the name of the place"),
}

# What stands in each column of the files, for whoever works with them.
COLUMNS = {
    "Number": _l("The case's number on this portal."),
    "Address": _l("Where the case can be read."),
    "Title": _l("What the group calls its proposal."),
    "Place": _l("The land or building asked for."),
    "PlaceNumber": _l("The place's number in the register of places."),
    "Holder": _l("The public body that holds it."),
    "Ward": _l("The electoral ward it lies in."),
    "Kind": _l("land or building."),
    "Use": _l("The kind of use asked for, in one word."),
    "GroupKind": _l("What the group is in law. Groups are not named here."),
    "TermMonths": _l("For how many months it is asked."),
    "State": _l("Where the case stands."),
    "Overdue": _l("Yes, if the last day for a decision has passed without one."),
    "InterestOn": _l("The day the group registered its interest."),
    "LodgedOn": _l("The day the proposal was first lodged."),
    "ReturnedOn": _l("The day it was last returned because something was missing."),
    "ValidatedOn": _l("The day the broker found it complete."),
    "PublishedOn": _l("The day all of it was published."),
    "SignShownOn": _l("The first day a photo shows the site sign in its place."),
    "HolderAnsweredOn": _l("The day the holder answered."),
    "HearingOpenedOn": _l("The day a public hearing was opened."),
    "HeardOn": _l("The day the hearing was put on record."),
    "TestOpenedOn": _l("The day the test of benefit began."),
    "EscalatedOn": _l("The day it went to the senior officer because nobody had decided."),
    "DecidedOn": _l("The day of the first decision."),
    "ReviewAskedOn": _l("The day the group asked for a review."),
    "ReviewedOn": _l("The day the review was decided."),
    "AgreementDraftedOn": _l("The day heads of terms were first drafted."),
    "HandedOverOn": _l("The day the place was handed over."),
    "EndedOn": _l("The day the use ended."),
    "WithdrawnOn": _l("The day the group withdrew."),
    "LapsedOn": _l("The day the case lapsed."),
    "DecisionDueOn": _l("The last day for the decision, or for the review's."),
    "DaysToDecision": _l("Calendar days from the first lodging to the first decision."),
    "Outcome": _l("The last decision: granted, granted_by_default or refused."),
    "Ground": _l("The ground of a refusal, by the name it has in the rules."),
    "GrantedByDefault": _l("Yes, if the grant came from nobody deciding in time."),
    "ReviewOutcome": _l("How the review was decided, if there was one."),
    "PetitionSignatures": _l("How many signatures of the petition count so far."),
    "Rules": _l("The rules it began under, with the day from which they hold."),
}
