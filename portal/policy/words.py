"""How a profile is told to a resident: the parts of a case's life, periods, what calls a hearing, who may ask."""

from flask_babel import lazy_gettext as _l

from portal.people.rules import GroupKind
from portal.proposals.words import QUESTIONS

# The clauses in the order in which a case meets them; a clause that is named nowhere comes last.
PARTS = (
    (_l("Before a proposal"), ("ownership", "interest", "sign", "petition", "lodging")),
    (_l("The check"), ("validation", "repeat")),
    (_l("Everybody is heard"), ("notice", "moderation", "response", "hearing", "extension")),
    (_l("The test and the decision"), ("interests", "capacity", "test", "one_grant", "blocks", "decision", "silence", "review")),
    (_l("The agreement and the use"), ("agreement", "deposit", "use", "renewal", "withdrawal")),
)  # fmt: skip
OTHER = _l("Other clauses")

PERIODS = {
    "validation": _l("The broker's check"),
    "representations": _l("Anybody may speak"),
    "answers": _l("The group may answer"),
    "holder_response": _l("The holder answers"),
    "test": _l("The panel scores"),
    "decision": _l("The decision"),
    "decision_with_hearing": _l("The decision, if there is a hearing"),
    "decision_latest": _l("The decision at the very latest"),
    "hearing": _l("The hearing is held"),
    "hearing_notice": _l("Notice before a hearing"),
    "review_request": _l("The group may ask for a review"),
    "review": _l("The review is decided"),
    "agreement": _l("The agreement is signed"),
    "repeat": _l("The same may be declined again"),
    "site_sign": _l("The sign stands"),
    "handback": _l("The deposit is settled"),
    "ownership_query": _l("The broker says who owns it"),
}
# From what a period runs, where that is neither another period nor a state that needs no more words.
FROM = {
    "lodged": _l("from the day the proposal is handed in"),
    "validated": _l("from the day the proposal is found complete"),
    "on_notice": _l("from the day the proposal is published"),
    "under_test": _l("from the day the test begins"),
    "refused": _l("from the refusal"),
    "review": _l("from the day a review is asked for"),
    "granted": _l("from the grant"),
    "ended": _l("from the end of the use"),
    "asked": _l("from the question"),
    "hearing_opened": _l("from the day a hearing is called"),
    "hearing_set": _l("from the day the notice is given"),
    "sign_shown": _l("from the day of its photograph"),
}

HEARING_FOR = {
    "petition": _l("when a petition reaches its number"),
    "objection": _l("when the holder objects"),
    "land": _l("for every piece of land"),
    "building": _l("for every building"),
}
TRACKS = {"land": _l("Land"), "building": _l("Buildings")}
ELIGIBLE = {
    "area": _l("Whoever lives in the area may sign."),
    "ward": _l("Whoever lives in the ward of the place may sign."),
    "anywhere": _l("Anybody may sign."),
}
KINDS = {
    GroupKind.CHARITY: _l("charities"),
    GroupKind.CIO: _l("charitable incorporated organisations"),
    GroupKind.CIC: _l("community interest companies"),
    GroupKind.COMPANY: _l("companies"),
    GroupKind.COOPERATIVE: _l("co-operatives and community benefit societies"),
    GroupKind.ASSOCIATION: _l("associations with written rules"),
    GroupKind.UNCONSTITUTED: _l("neighbours without a constitution"),
}
ANSWERS = QUESTIONS | {
    "use_kind": _l("What kind of use it is"),
    "safeguarding": _l("How children and adults at risk are protected"),
    "files": _l("Papers that show it"),
    "sign": _l("A dated photograph of the sign on the land"),
}
