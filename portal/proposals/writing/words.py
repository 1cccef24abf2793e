"""What the pages say on which a group writes its proposal. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.proposals.rules import State
from portal.proposals.uses import UseKind
from portal.proposals.writing.sections import Section

# The questions of a proposal: (name, what it is called where it is missing or shown).
QUESTIONS = {
    "title": _l("What the proposal is called"),
    "use_kind": _l("What kind of use it is"),
    "use": _l("What the group will do"),
    "timescale": _l("When, step by step"),
    "term_months": _l("For how many months"),
    "costs": _l("How the costs are covered"),
    "insurance": _l("How it is insured"),
    "responsible": _l("Who is responsible"),
    "backing": _l("Who stands behind it"),
    "safeguarding": _l("How children and adults at risk are protected"),
    "benefits": _l("What it brings, for at least one criterion"),
    "files": _l("A photo or a document that shows something of it"),
    "sign": _l("A photo of the site sign in its place"),
}

USES = {
    UseKind.GROWING: _l("Growing food or plants"),
    UseKind.NATURE: _l("Nature"),
    UseKind.PLAY_AND_SPORT: _l("Play and sport"),
    UseKind.ARTS: _l("Arts"),
    UseKind.MEETING: _l("Meeting place"),
    UseKind.ADVICE: _l("Advice and help"),
    UseKind.FOOD: _l("Cooking and sharing food"),
    UseKind.REPAIR: _l("Mending and making"),
    UseKind.LEARNING: _l("Learning"),
    UseKind.WORK: _l("Work and enterprise"),
    UseKind.SHELTER: _l("Shelter"),
    UseKind.OTHER: _l("Something else"),
}

SECTIONS = {
    Section.WHAT: _l("What"),
    Section.WHEN: _l("When"),
    Section.MEANS: _l("Costs and insurance"),
    Section.WHO: _l("Who"),
    Section.BRINGS: _l("What it brings"),
}
FILES = _l("Files")

# What ends when a group withdraws, by where the case stands.
ENDS = {
    State.DRAFT: (_l("Nobody else has seen it, and nobody will."),),
    State.INTEREST: (
        _l("Anybody can still read that you had registered your interest, and that you withdrew."),
        _l("A petition that is open ends, and nobody's name from it is kept."),
    ),
    State.LODGED: (_l("The broker stops the check."),),
    State.RETURNED: (_l("You need not send what was missing."),),
}
ENDS_ONCE_PUBLISHED = (
    _l("The case stays public, with what was said, your reason, and that you withdrew."),
    _l("The holder no longer has to answer, and nobody decides."),
    _l("A petition that is open ends, and a hearing that has been set is off."),
)
ENDS_ALWAYS = _l("You, or another group, can ask for this place again.")

# Why a broker takes out what somebody said: (name, words).
MODERATED_FOR = {
    "private": _l("It tells something private about somebody."),
    "abusive": _l("It insults or threatens somebody."),
    "hateful": _l("It stirs up hatred against a group of people."),
    "untrue": _l("It says something of a person that may be untrue and does harm."),
    "advertising": _l("It is advertising."),
    "elsewhere": _l("It is about something else altogether."),
}
