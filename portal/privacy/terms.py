"""How long what is kept: each number once. Where another room does the forgetting, its own rules have the number."""

from portal.errors import N_
from portal.hearings.rules import SPEAKERS_LIVE
from portal.ownership import tick as ownership
from portal.people.links import KEPT_AFTER
from portal.people.rules import OTHERS_LIVE
from portal.petitions import rules as petitions
from portal.privacy.kept import Term, Then
from portal.sightings import rules as sightings
from portal.watches import rules as watches

WARNED_DAYS = 30  # between the letter that an account is not used and its end

# Done by privacy/retention.py.
INVITATIONS = Term(N_("the invitation has run out"), Then.DELETED, "invitations", days=1)
LETTERS = Term(N_("the letter was written"), Then.EMPTIED, "letters", days=90)
MAILBOXES = Term(
    N_("the last letter to it, where it belongs to no account"),
    Then.DELETED,
    "mailboxes",
    days=LETTERS.days,
)
ACCOUNTS = Term(
    N_("the last sign-in, with a letter thirty days before"), Then.EMPTIED, "accounts", months=36
)
NEEDS = Term(N_("the last day that was asked for"), Then.EMPTIED, "needs", months=12)
LET_NOTES = Term(
    N_("the let was declined, taken back, cancelled or ended"), Then.EMPTIED, "let notes", months=12
)
WAITING = Term(N_("the group left the waiting list"), Then.EMPTIED, "waiting", months=6)
ATTENDANCE = Term(N_("the date"), Then.EMPTIED, "attendance", months=24)
WAY_IN = Term(
    N_("it was last written, where no group goes in any more"), Then.EMPTIED, "way in", months=6
)
KEYS = Term(N_("the key came back"), Then.EMPTIED, "keys", months=12)
PAPERS = Term(N_("the paper ran out or was taken back"), Then.EMPTIED, "papers seen", months=24)
DRAFTS = Term(
    N_("it was added, where the proposal was never made public"), Then.DELETED, "drafts", months=12
)
SCORE_DRAFTS = Term(N_("it was last saved"), Then.DELETED, "score drafts", months=6)

# Done by the rooms that know when something is over.
LINKS = Term(N_("the link has run out"), Then.DELETED, "sign-in", days=KEPT_AFTER.days)
SIGNED_IN = Term(
    N_("the sign-in, at the latest"), Then.DELETED, "sign-in", days=OTHERS_LIVE.whole.days
)
SIGNATURES = Term(
    N_("the case is decided or over"), Then.EMPTIED, "petitions", months=petitions.KEPT_MONTHS
)
UNCONFIRMED_SIGNATURES = Term(
    N_("the letter, where nobody answered it"),
    Then.DELETED,
    "petitions",
    days=petitions.LINK_LIVES.days,
)
SPEAKERS = Term(N_("the hearing"), Then.DELETED, "hearings", days=SPEAKERS_LIVE.days)
ASKERS = Term(
    N_("the question was answered or ended"),
    Then.DELETED,
    "questions",
    months=ownership.KEPT_MONTHS,
)
UNCONFIRMED_ASKERS = Term(
    N_("the letter, where nobody answered it"),
    Then.DELETED,
    "questions",
    days=ownership.UNCONFIRMED.days,
)
UNCONFIRMED_WATCHES = Term(
    N_("the letter, where nobody answered it"),
    Then.DELETED,
    "watches",
    days=watches.UNCONFIRMED.days,
)
SILENT_WATCHES = Term(
    N_("the watcher last said anything, after a letter that asks"),
    Then.DELETED,
    "watches",
    days=(watches.STILL_WANTED + watches.SILENCE).days,
)
REPORT_DRAFTS = Term(
    N_("it was begun, where it was never sent"),
    Then.DELETED,
    "forgotten",
    days=sightings.DRAFT_LIVES.days,
)
REPORT_PHOTOS = Term(
    N_("the report was declined"),
    Then.DELETED,
    "forgotten",
    days=sightings.DECLINED_PHOTOS_LIVE.days,
)
REPORTERS = Term(
    N_("the report was answered"), Then.EMPTIED, "forgotten", months=sightings.ADDRESS_MONTHS
)
KEYHOLDERS = Term(N_("they stop opening the place"), Then.EMPTIED, "venues")
SAVED_NEEDS = Term(N_("its last day has gone by"), Then.DELETED, "needs kept")
