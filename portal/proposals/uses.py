"""Kinds of use, so that a repeat is known and a year can be counted. Pure."""

from enum import StrEnum


class UseKind(StrEnum):
    """What a place is wanted for, in one word; a proposal says the rest."""

    GROWING = "growing"
    NATURE = "nature"
    PLAY_AND_SPORT = "play_and_sport"
    ARTS = "arts"
    MEETING = "meeting"
    ADVICE = "advice"
    FOOD = "food"
    REPAIR = "repair"
    LEARNING = "learning"
    WORK = "work"
    SHELTER = "shelter"
    OTHER = "other"
