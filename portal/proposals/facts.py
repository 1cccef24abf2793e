"""What the guards of the table may know about a case, the person who acts, and what was typed. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.people.rules import Role


@dataclass(frozen=True)
class Facts:
    """One moment of a case. What nobody has told stays as it stands here.

    A fact may be given as a function without arguments: it is called when a guard first asks, and what it gave is kept.
    A step has two or three guards, and what all of them might ask takes some twenty questions to the database.
    """

    today: date
    who: Mapping[str, Collection[str]] = field(default_factory=dict)  # action -> who takes it here
    due: Mapping[str, date] = field(default_factory=dict)  # period -> its last day
    reviewed: bool = False  # the case is in its second round
    laid_down: Collection[Role] = ()  # offices of the person who acts, who organises the group too
    # The group and its proposal.
    may_ask: bool = True  # the profile lets such a group ask
    missing: Collection[str] = ()  # answers that the proposal still lacks
    needs_interest: bool = False  # this track begins with a registered interest
    declared_interest: bool = False
    vacant: bool = True  # the register says that the place stands empty
    place_free: bool = True  # no other case holds it
    repeat: bool = False  # the same place and kind of use was refused not long ago
    sign_shown: bool = False
    needs_sign: bool = True
    needs_notices: bool = False  # this profile asks whether the land is open space
    blocked: Collection[str] = ()  # what stands against a grant now
    # What was said.
    holder_answered: bool = False
    represented: bool = False  # by the person who acts
    unanswered: int = 0  # representations
    voices: int = 0  # representations that are shown
    petition_open: bool = False
    may_petition: bool = False  # the profile has a petition for this track, and none is open yet
    hearing_called_by: Collection[str] = ()  # "petition", "objection", "land", "building"
    hearing_opened: bool = False
    hearing_set: bool = False
    hearing_day_over: bool = False  # the day that was set has come
    heard: bool = False  # its minutes and outcome are on record
    hearing_on: date | None = None  # its day
    # The test.
    interest: bool = False  # of the person who acts
    declared: bool = False
    scored: bool = False  # by the person who acts
    must_score: bool = False  # the person who acts is of the panel and has not scored
    judged_before: bool = False  # the person who acts scored or decided the first time
    scores: int = 0  # panel members who have scored
    panel_size: int = 2
    capacity_checked: bool = False
    passed: bool = False
    rivals_untested: int = (
        0  # proposals for the same place that are to be tested together with this
    )
    beaten: bool = False  # one of them would bring more
    objection: str = ""  # the ground of the holder's objection, where the test does not decide it
    silence: str = "escalate"  # what the profile and the council's resolution make of it
    # More time.
    asked_for_time_as: Role | None = None  # who waits for an answer
    acts_as: Role | None = None  # the side of the person who acts
    # The agreement.
    signed: Collection[Role] = ()
    signs_as: Role | None = None
    terms_agreed: bool = True
    terms_open_to_me: bool = (
        False  # the other side changed something that this side has not accepted
    )
    contracting_out_missing: bool = False
    deposit_open: bool = False  # asked for, and neither held nor waived
    deposit_held: bool = False
    paid_by_card: bool = False  # the card provider says so, in this moment
    sign_from: date | None = None  # the first day on which it may be signed, after a warning notice
    deposit_claimed: bool = False  # the broker said what is to be kept
    claim_unanswered: bool = False  # and the group has not answered
    claim_waits: bool = False  # though it still has time to
    renewing: bool = False
    used_until: date | None = None  # the last day of the agreement that is in force
    notice_given: bool = False
    notice_from: date | None = None  # the first day on which this side may give notice
    # From the form.
    words: str = ""
    upheld: bool = False  # the chair upholds the holder's objection
    ground: str = ""
    grounds: Collection[str] = ()
    not_borne_out: Collection[str] = ()  # grounds that neither the result nor the holder shows
    evidence: str = ""
    officer: str = ""
    plan_missing: Collection[str] = ()
    whole: bool = False  # every question of a score or a check has its answer and its reason
    paper: bool = False  # the file that has to be there is there
    day: date | None = None  # the day that was typed
    earliest: date | None = None  # and the first that is lawful
    latest: date | None = None  # and the last
    signer: str = ""
    shown_hash: str = ""
    text_hash: str = ""
    term: int = 0
    longest_term: int = 0

    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name[0] == "_" or not callable(value):
            return value
        found = value()
        object.__setattr__(self, name, found)
        return found
