"""What the groups of the demonstration ask for: the words of their proposals, and of those who answer."""

from dataclasses import dataclass

from portal.demo import cast
from portal.proposals.uses import UseKind
from portal.register.rules import Kind


@dataclass(frozen=True)
class Claim:
    """One group's proposal. `like`: words in the name of the place it would choose, if there is one."""

    group: cast.Neighbours
    kind: Kind
    like: tuple[str, ...]
    title: str
    use_kind: UseKind
    use: str
    timescale: str
    term_months: int
    costs: str
    insurance: str
    responsible: str
    safeguarding: str
    gains: dict  # criterion -> (what it brings, what shows it)
    voices: tuple[str, ...] = ()  # what two neighbours say for it


POCKET_GARDEN = Claim(
    cast.GARDEN,
    Kind.LAND,
    ("garage", "corner", "land at"),
    "A garden for the street",
    UseKind.GROWING,
    "Raised beds, a shed and a bench. Anybody on the street can have a bed; two are kept at wheelchair height.",
    "Beds built in the first month, planted by the second spring. Open every day from eight to dusk.",
    36,
    "£640 for timber and soil, given by 31 households; water from two rain butts.",
    "Covered by the garden network's group policy, £5 million public liability.",
    "Bill Haddon and two neighbours hold the keys and the first-aid box.",
    "Children come with a parent. Two of us have a current DBS check.",
    {
        "public_health": (
            "Forty people outdoors and active each week.",
            "A list of 43 names who want a bed.",
        ),
        "social": (
            "Neighbours who did not know each other meet.",
            "Letters from three tenants' groups.",
        ),
        "environmental": (
            "600 square metres of hard ground made green.",
            "A planting plan drawn to scale.",
        ),
        "inequalities": ("Most flats round here have no garden.", "The ward profile, table 4."),
    },
    (
        "I pass it every day and it has been empty since my son was in nursery. Let them try.",
        "My mother is ninety and would have a bed she can reach from her chair.",
    ),
)
ORCHARD = Claim(
    cast.ORCHARD,
    Kind.LAND,
    ("allotment", "school", "field"),
    "A community orchard",
    UseKind.GROWING,
    "Sixty fruit trees of old local kinds, grass paths, and a pressing day every October.",
    "Planting in the first winter; first crop in year three; trees in large pots where the ground must be given back.",
    60,
    "£2,100 from a tree-planting grant already promised, and work days.",
    "Own policy, £5 million, in the association's name.",
    "The association's committee of five, elected each May.",
    "Work days with schools are led by the school's own staff.",
    {
        "environmental": (
            "Sixty trees and a meadow.",
            "Tree list from the county orchard project.",
        ),
        "public_health": (
            "Free fruit for the whole estate.",
            "Figures from the orchard two miles off.",
        ),
        "regeneration": (
            "Ends ten years of fly-tipping on the plot.",
            "The council's own fly-tipping log.",
        ),
        "other": ("Schools learn grafting.", "Two head teachers have written."),
    },
    (
        "The school can see the plot from its windows. We would walk over every week.",
        "Plant them. My father had his allotment there.",
    ),
)
STAGE = Claim(
    cast.YOUTH,
    Kind.BUILDING,
    ("exchange", "hall", "club", "library"),
    "A rehearsal house for young people",
    UseKind.ARTS,
    "Rehearsals on four evenings and at weekends, a summer school, and two shows a year with free seats.",
    "A month of cleaning and safety checks, then in use for two years.",
    24,
    "£9,400 a year: a foundation's grant for two years and members' fees of £2.",
    "Own policy, £10 million public liability and employer's liability.",
    "Amina Yusuf, director; four trustees.",
    "A safeguarding lead, DBS checks for all leaders, two adults in every room.",
    {
        "economic": ("Three part-time jobs.", "The budget, lines 3 to 5."),
        "social": (
            "120 young people with somewhere to be.",
            "Waiting list of 74 at the present hall.",
        ),
        "regeneration": ("Lights on in an empty building.", "Letters from six shopkeepers."),
        "inequalities": ("Free places for half of them.", "The trust's fee policy."),
    },
    (
        "They rehearse in a corridor now. I have heard them.",
        "A lit window at the end of our street would be worth a lot to my shop.",
    ),
)
BENCH = Claim(
    cast.MENDERS,
    Kind.BUILDING,
    ("shop", "unit", "store", "office"),
    "A mending shop",
    UseKind.REPAIR,
    "People bring lamps, toasters and coats and mend them with volunteers, on three days a week.",
    "Open within six weeks.",
    18,
    "£3,000 a year from donations at the till and a waste-prevention grant.",
    "Own policy with cover for testing electrical goods.",
    "Jo Pender and a rota of eleven menders.",
    "Nobody under 16 without an adult; the workshop is open to view.",
    {
        "environmental": ("Four tonnes a year not thrown away.", "The log of 19 mending days."),
        "economic": ("Eight people a year trained.", "Agreement with the college."),
        "social": ("A place to talk while something is glued.", "Visitors' book."),
    },
    (
        "They mended my lamp twice. Third time in their own shop, please.",
        "I would teach sewing on Thursdays.",
    ),
)
KITCHEN = Claim(
    cast.FOOD,
    Kind.BUILDING,
    ("day centre", "surgery", "house", "centre", "building"),
    "A pay-what-you-can kitchen",
    UseKind.FOOD,
    "Lunch for sixty on four days a week from food that would be thrown away.",
    "Kitchen fitted in two months.",
    36,
    "£26,000 a year: three grants and what people pay.",
    "Own policy.",
    "Doreen Achebe, and a cook who is still to be found.",
    "",
    {
        "inequalities": ("A hot meal without questions.", "The food bank's figures."),
        "public_health": ("Fresh vegetables four days a week.", "Menus checked by a dietitian."),
    },
)
POP_UP_PARK = Claim(
    cast.GARDEN,
    Kind.LAND,
    ("play", "cleared", "adjoining", "land"),
    "A small park until the builders come",
    UseKind.PLAY_AND_SPORT,
    "Turf, logs to climb on, and a table. Nothing that cannot be carried away in a day.",
    "Two weekends of work.",
    12,
    "£380, collected.",
    "Covered by the garden network's group policy.",
    "Bill Haddon.",
    "Open ground beside the street; children come with whoever minds them.",
    {
        "public_health": (
            "Somewhere to play within five minutes.",
            "There is no other playground within 700 metres.",
        ),
        "social": ("A table for eight.", "A petition of 58 names."),
        "regeneration": (
            "A cleared site that does not look forgotten.",
            "Photographs of last winter.",
        ),
    },
    (
        "Better logs than mattresses.",
        "There is nowhere to sit between the bus stop and the surgery.",
    ),
)
YARD = Claim(
    cast.MENDERS,
    Kind.LAND,
    ("depot", "yard", "site"),
    "A yard for timber",
    UseKind.WORK,
    "Old timber from building sites, sorted and sold by the metre.",
    "Open within three months.",
    48,
    "Pays for itself from month eight; until then a loan of £6,000.",
    "Own policy.",
    "Jo Pender.",
    "Adults only.",
    {
        "environmental": (
            "Ninety tonnes of timber used again.",
            "Figures from a yard in another city.",
        ),
        "economic": ("Two jobs.", "The business plan."),
        "other": ("A place to learn joinery.", "The college's letter."),
    },
    (
        "I throw away good joists every month and would bring them here.",
        "My brother needs work like this.",
    ),
)
COSTUMES = Claim(
    cast.YOUTH,
    Kind.BUILDING,
    ("pavilion", "fire", "office", "house"),
    "Costumes and scenery",
    UseKind.ARTS,
    "A dry room to keep and make costumes and scenery.",
    "",
    12,
    "£900 a year from members' fees.",
    "",
    "Amina Yusuf.",
    "",
    {},
)
SECOND_GARDEN = Claim(
    cast.ORCHARD,
    Kind.LAND,
    ("corner", "garage", "land"),
    "Berries by the bus stop",
    UseKind.GROWING,
    "Currants, gooseberries and raspberries that anybody may pick.",
    "Planted in one weekend in November.",
    24,
    "£220 from the association.",
    "Own policy, £5 million, in the association's name.",
    "The association's committee of five.",
    "Open ground beside the street.",
    {
        "public_health": ("Fruit on the way to school.", "The school's travel survey."),
        "environmental": ("Flowers for bees from March.", "Planting list."),
    },
)

# What somebody says against two of them, and what a group answers.
WORRY = "Where will people park on a Saturday? The street is full already."
PETITION = (
    "Let young people rehearse in a building that stands empty.\n"
    "We ask that it is opened to them for two years, and that everybody is heard about it in public."
)
ANSWER = "Nine in ten of us live within ten minutes' walk. We will put bicycle stands by the gate and ask nobody to drive."

# What a holder would rather do with its yard, and what that brings.
ALTERNATIVE = {
    "name": "Gritting depot",
    "use": "Salt and two gritting lorries for this side of the town.",
    "budget_line": "Capital programme, line H-14",
    "document": "Highways plan, page 22",
}
ALTERNATIVE_GAINS = {
    "public_health": (
        "Roads to the health centre stay open.",
        "Falls and collisions of three winters.",
    ),
    "social": ("Buses run on icy days.", "The bus company's letter."),
    "economic": ("Nine miles less for each lorry.", "The fleet's log."),
    "regeneration": ("The wall and gate are rebuilt.", "The drawings."),
}

# Why a panel member gave the points.
REASONS = (
    "Well shown. {evidence}.",
    "I believe it, though the figures are small. {evidence}.",
    "I went to look, and it is as they say. {evidence}.",
)

AGENDA = "Who is here, and how the evening runs\nThe proposal\nThe holder\nQuestions\nVoices from the room and from home\nWhat was heard"
MINUTES = (
    "27 people came, four of them by video. Seven spoke for the proposal, two asked about noise in the evening. "
    "The group said that it closes at nine. The holder said that it has no use for the house before the term ends."
)
