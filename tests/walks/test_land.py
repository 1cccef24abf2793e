"""The worked examples, day by day, against a table of dates counted by hand."""

from datetime import date

import pytest

from portal.walks.land import walk_building, walk_land

# first day -> representations close (20), holder's response (40), decision (65); counted on paper, England.
TABLE = [
    # across Easter and the two bank holidays of May
    ("2026-03-02", "2026-03-30", "2026-04-29", "2026-06-05"),
    # across Christmas
    ("2026-11-20", "2026-12-18", "2027-01-20", "2027-02-24"),
    # from Christmas Day itself, across Easter
    ("2026-12-25", "2027-01-26", "2027-02-23", "2027-04-01"),
    # from the Saturday before the clocks go back
    ("2026-10-24", "2026-11-20", "2026-12-18", "2027-01-27"),
]
ROAD = ["draft", "lodged", "validated", "on_notice", "under_test", "granted", "agreement", "in_use"]


# Which day is which knows no engine: it is walked on both for one of the dates, on SQLite for the others.
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_claim_goes_from_draft_to_use(app):
    goes_from_draft_to_use(*TABLE[0])


@ON_SQLITE
@pytest.mark.parametrize(("first", "spoken", "answered", "decided"), TABLE[1:])
def test_a_claim_begun_on_another_day(app, first, spoken, answered, decided):
    goes_from_draft_to_use(first, spoken, answered, decided)


def goes_from_draft_to_use(first, spoken, answered, decided):
    walk = walk_land(date.fromisoformat(first))
    assert walk["track"] == "land"
    assert walk["outcome"] == "granted"
    assert walk["due"] == {
        "representations_close": spoken,
        "holder_response": answered,
        "decision": decided,
    }
    states = list(dict.fromkeys(step["state"] for step in walk["steps"]))
    assert states == ROAD
    assert [step["on"] for step in walk["steps"]] == sorted(step["on"] for step in walk["steps"])
    assert walk["steps"][0]["on"] == first
    assert set(walk["steps"][0]) == {"on", "state", "role", "action", "why", "clause"}
    decision = next(step for step in walk["steps"] if step["state"] == "granted")
    assert decision["on"] <= decided


SILENT = [
    ("2026-11-20", True, "granted_by_default", "2027-02-25"),
    ("2026-12-25", True, "granted_by_default", "2027-04-02"),
    ("2026-12-25", False, "escalated", "2027-04-02"),
]


def test_silence_has_its_day(app):
    silence_has_its_day(*SILENT[0])


@ON_SQLITE
@pytest.mark.parametrize(("first", "resolution", "outcome", "after_last_day"), SILENT[1:])
def test_silence_on_another_day(app, first, resolution, outcome, after_last_day):
    silence_has_its_day(first, resolution, outcome, after_last_day)


def silence_has_its_day(first, resolution, outcome, after_last_day):
    walk = walk_land(date.fromisoformat(first), silent=True, resolution=resolution)
    assert walk["outcome"] == outcome
    last = walk["steps"][-1]
    assert (last["state"], last["role"], last["on"]) == (outcome, "portal", after_last_day)
    assert ("Council minute 12" in last["why"]) is resolution


def test_a_building_goes_from_interest_to_the_day_it_is_handed_back(app):
    walk = walk_building(date(2026, 3, 2))
    assert (walk["track"], walk["outcome"], walk["state"]) == (
        "building",
        "granted_by_default",
        "ended",
    )
    acts = [step["action"] for step in walk["steps"]]
    # Each of these happened, in this order.
    told = [
        "register_interest", "open_petition", "lodge", "publish", "open_hearing", "count_paper", "open_test",
        "set_hearing", "record_hearing", "default_grant", "draft_agreement", "contract_out", "sign", "sign",
        "take_deposit", "hand_over", "end", "settle_deposit",
    ]  # fmt: skip
    places = [acts.index(act) for act in dict.fromkeys(told)]
    assert places == sorted(places)
    assert acts.count("sign") == 2
    opened = next(step for step in walk["steps"] if step["action"] == "open_hearing")
    assert opened["role"] == "portal"


def test_of_two_groups_the_one_that_brings_more_has_the_place(app):
    walk = walk_land(date(2026, 3, 2), competing=True)
    assert walk["outcome"] == "granted"
    assert [rival["outcome"] for rival in walk["rivals"]] == ["refused"]


@pytest.mark.parametrize(
    ("profile", "review", "outcome"),
    [("pilot_compact", False, "refused"), ("scotland_atr", True, "granted")],
)
def test_a_refusal_and_its_review(app, profile, review, outcome):
    walk = walk_land(date(2026, 3, 2), refused=True, review=review, profile=profile)
    assert walk["outcome"] == outcome
    decisions = [step["state"] for step in walk["steps"] if step["action"] == "decide"]
    assert decisions == ["refused", "granted"][: 1 + review]


def test_silence_in_scotland_is_no_grant_and_opens_the_review(app):
    walk = walk_land(date(2026, 3, 2), silent=True, review=True, profile="scotland_atr")
    states = list(dict.fromkeys(step["state"] for step in walk["steps"]))
    assert states[-3:] == ["escalated", "review", "granted"]
    assert walk["due"]["decision"] == "2026-09-02", "six months"


@ON_SQLITE
@pytest.mark.parametrize("profile", ["scotland_atr", "england_cat"])
def test_a_claim_goes_to_use_under_every_profile(app, profile):
    walk = walk_land(date(2026, 3, 2), profile=profile)
    assert (walk["profile"], walk["state"]) == (profile, "in_use")
