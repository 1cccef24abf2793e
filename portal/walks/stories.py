"""What the worked examples say: the words and points of the walks. Data only."""

from dataclasses import dataclass, field

from portal.register.rules import Kind


@dataclass(frozen=True)
class Story:
    """What one track's example says."""

    place: str
    kind: Kind
    group: str
    proposal: dict[str, object]
    benefits: dict[str, tuple[str, str]]
    # criterion -> what the first and the second panel member give the proposal, and the holder's plan
    points: dict[str, tuple[tuple[int, int], tuple[int, int]]]
    terms: dict[str, object] = field(default_factory=dict)  # of the agreement, where not the usual


LAND = Story(
    place="Plot behind Mill Lane",
    kind=Kind.LAND,
    group="Mill Lane neighbours",
    proposal={
        "title": "A shared vegetable garden behind Mill Lane",
        "use_kind": "growing",
        "use": "Raised beds, a tool shed and a bench, open to all neighbours on two afternoons a week.",
        "timescale": "Clear the ground in the first month, plant in the second, three seasons in all.",
        "term_months": 36,
        "costs": "£600 from a street collection and a seed grant; tools are lent.",
        "insurance": "The parish church extends its public liability cover to the garden.",
        "responsible": "Two named key holders, one of them always on the telephone list.",
        "safeguarding": "Children come with a parent; two adults are there whenever the gate is open.",
    },
    benefits={
        "public_health": (
            "Fresh food and movement for forty households.",
            "A list of signed-up households.",
        ),
        "social": ("A place where neighbours meet.", "Twelve years of street parties."),
        "environmental": (
            "A rubbish tip becomes green ground.",
            "Photographs of the plot from 2024 on.",
        ),
    },
    points={
        "public_health": ((3, 4), (0, 0)),
        "social": ((4, 3), (1, 0)),
        "environmental": ((3, 3), (0, 1)),
        "regeneration": ((2, 1), (2, 2)),
    },
)
BUILDING = Story(
    place="Old Station House",
    kind=Kind.BUILDING,
    group="Station House friends",
    proposal=LAND.proposal
    | {
        "title": "A repair workshop in the Old Station House",
        "use_kind": "repair",
        "use": "A workshop where people mend bicycles, clothes and kettles together.",
        "timescale": "Open the ground floor in two months, the first floor in six.",
        "term_months": 24,
    },
    benefits={
        "economic": (
            "Forty people a year learn to repair and sell.",
            "The college has promised a tutor.",
        ),
        "social": ("An open door on four days a week.", "Letters of three associations."),
    },
    points={"economic": ((3, 3), (1, 1)), "social": ((3, 4), (0, 1))},
    terms={"form": "lease", "deposit": 10_000},
)
# What the other group writes differently.
RIVAL = {
    "title": "A bicycle track behind Mill Lane",
    "use_kind": "play_and_sport",
    "use": "A small track of earth and a repair stand, open every afternoon.",
}
