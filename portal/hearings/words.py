"""What pages and letters say about hearings. Wording only."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.hearings.rules import Coming, Outcome, Side, Stands
from portal.proposals.rules import Action
from portal.proposals.words import ActionWords

ACTIONS = {
    Action.SET_HEARING: ActionWords(
        _l("Set the public hearing"),
        _l(
            "Notice is given as soon as you press the button: it is published, and everybody concerned gets a letter."
        ),
        _l("Publish this"),
    ),
    Action.RECORD_HEARING: ActionWords(
        _l("Record the hearing"),
        _l("Minutes, outcome and conditions are published at once and stay as they are."),
        _l("Publish the minutes"),
    ),
    Action.ADD_TO_MINUTES: ActionWords(
        _l("Add to the minutes"),
        _l(
            "The minutes stay as they were published. What you write stands below them, with its day and your name."
        ),
        _l("Publish this addition"),
    ),
}
CHANGE_IT = ActionWords(
    _l("Change what is set for the hearing"),
    _l(
        "Another day, hour or place is notice anew. It is published, and everybody concerned gets a letter."
    ),
    _l("Publish this"),
)
OUTCOMES = {
    Outcome.SUPPORTS: _l("It supports the proposal"),
    Outcome.WITH_CONDITIONS: _l("It supports the proposal, with conditions"),
    Outcome.DOES_NOT_SUPPORT: _l("It does not support the proposal"),
    Outcome.NO_VIEW: _l("It came to no common view"),
}
SIDES = {
    Side.FOR: _l("For the proposal"),
    Side.AGAINST: _l("Against the proposal"),
    Side.NEITHER: _l("Neither for nor against"),
}
# Who speaks, as the public reads it.
ROLES = {
    "group": _l("The group"),
    "holder": _l("The holder"),
    Side.FOR: _l("A resident, for"),
    Side.AGAINST: _l("A resident, against"),
    Side.NEITHER: _l("A resident, neither for nor against"),
}
COMING = {
    Coming.ROOM: _l("I come to the room"),
    Coming.VIDEO: _l("By video, from home"),
    Coming.PHONE: _l("By telephone"),
}
COMES = {Coming.ROOM: _l("in the room"), Coming.VIDEO: _l("by video"), Coming.PHONE: _l("by phone")}
ACCESS = {
    "step_free": _l("Step-free way in"),
    "hearing_loop": _l("Hearing loop"),
    "accessible_toilet": _l("Accessible toilet"),
    "parking": _l("Parking"),
    "bsl": _l("British Sign Language (BSL), if somebody asks for it"),
}
STANDS = {
    Stands.COMING: (_l("Coming"), "wait"),
    Stands.OVER: (_l("Minutes to come"), "wait"),
    Stands.HEARD: (_l("Held"), "good"),
    Stands.OFF: (_l("Cancelled"), "no"),
}
# What somebody changed, as a letter lists it.
CHANGED = {
    "on": _l("the day"),
    "starts": _l("the time"),
    "ends": _l("the time"),
    "place": _l("the place"),
    "agenda": _l("the agenda"),
    "access": _l("how to get in"),
    "access_note": _l("how to get in"),
    "remote_link": _l("how to join from home"),
    "phone_in": _l("how to join from home"),
    "speak_until": _l("the last day to ask to speak"),
    "side_minutes": _l("how long each may speak"),
    "other_minutes": _l("how long each may speak"),
}
# Why lawful notice and a last day cannot both be kept.
MISSED = {
    "hearing": _l("The hearing should have been held by %(day)s."),
    "decision": _l("The case is to be decided by %(day)s."),
    "review": _l("The review is to be decided by %(day)s."),
}


def usual_agenda() -> str:
    """What happens at most hearings, a point a line."""
    return "\n".join(
        (
            _("The chair opens the hearing and says how it runs"),
            _("The group presents its proposal"),
            _("The holder answers"),
            _("The panel asks questions"),
            _("Residents and others who asked to speak"),
            _("The group answers what was said"),
            _("The chair sums up, and says what happens next"),
        )
    )
