"""The chain: whatever is changed, taken out, put in or put elsewhere is found, and at which entry."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.rules import (
    ACT_WORDS,
    BEGINNING,
    Act,
    Entry,
    canonical,
    chained,
    detail_text,
    walk,
)

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
CODES = st.from_regex(r"[a-z0-9][a-z0-9_.:/-]{0,20}", fullmatch=True)
NUMBERS = st.one_of(st.none(), st.integers(1, 2**31 - 1))
ENTRIES = st.builds(
    Entry,
    number=st.just(0),
    at=st.integers(0, 10**15).map(lambda n: EPOCH + timedelta(microseconds=n)),
    area_id=NUMBERS,
    user_id=NUMBERS,
    role=st.sampled_from(["", "broker", "portal"]),
    act=st.sampled_from([act.value for act in Act]),
    kind=st.sampled_from(["", "case", "user"]),
    object_id=NUMBERS,
    detail=st.dictionaries(CODES, st.one_of(st.integers(), CODES, st.lists(CODES, max_size=3)), max_size=3).map(detail_text),
    request_id=st.one_of(st.just(""), CODES),
)  # fmt: skip


@st.composite
def chains(draw, least=1):
    entries = draw(st.lists(ENTRIES, min_size=least, max_size=6))
    chain, before = [], BEGINNING
    for number, entry in enumerate(entries, 1):
        numbered = replace(entry, number=number)
        before = chained(before, numbered)
        chain.append((numbered, before))
    return chain


def flipped(value, bit):
    """A stored value with one bit of it turned round; None when that is no value any more."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value ^ (1 << bit % 31)
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << bit % 40)
    data = bytearray(value.encode() or b"\0")
    data[(bit // 8) % len(data)] ^= 1 << bit % 8
    return bytes(data).decode("latin-1")


@given(chains())
def test_a_chain_holds(chain):
    verdict = walk(chain, against=chain[0][1])
    assert verdict.whole
    assert (verdict.count, verdict.head) == (len(chain), chain[-1][1])


@given(chains(), st.data())
def test_any_single_bit_is_noticed(chain, data):
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from([*(f.name for f in fields(Entry)), "hash"]))
    bit = data.draw(st.integers(0, 8 * 64 - 1))
    entry, kept = chain[place]
    if name == "hash":
        chain[place] = (entry, flipped(kept, bit))
    else:
        chain[place] = (replace(entry, **{name: flipped(getattr(entry, name), bit)}), kept)
    verdict = walk(chain)
    assert verdict.broken_at == place + 1
    assert verdict.count == place


@given(chains(least=2), st.data())
def test_what_is_taken_out_or_put_in_is_noticed(chain, data):
    place = data.draw(st.integers(0, len(chain) - 2))
    assert walk(chain[:place] + chain[place + 1 :]).broken_at == place + 1
    assert walk(chain[: place + 1] + chain[place:]).broken_at == place + 2
    more = data.draw(ENTRIES)
    forged = replace(more, number=place + 1)
    before = chain[place - 1][1] if place else BEGINNING
    put_in = [*chain[:place], (forged, chained(before, forged)), *chain[place:]]
    assert not walk(put_in).whole


@given(chains(least=2), st.randoms())
def test_another_order_is_noticed(chain, random):
    other = chain[:]
    random.shuffle(other)
    assert walk(other).whole == (other == chain)


@given(chains(least=2), st.data())
def test_a_cut_end_is_noticed_by_a_head_that_was_written_down(chain, data):
    left = data.draw(st.integers(0, len(chain) - 1))
    head = chain[-1][1]
    assert walk(chain[:left]).whole  # by itself a chain cannot know
    verdict = walk(chain[:left], against=head)
    assert verdict.broken_at == left + 1
    assert "cut off" in verdict.fault


@given(chains(), ENTRIES)
def test_a_chain_written_anew_is_noticed_too(chain, other):
    """Whoever can write the whole table can make another chain of it, but not one with the old head in it."""
    first = replace(other, number=1)
    if first == chain[0][0]:
        return
    assert not walk([(first, chained(BEGINNING, first))], against=chain[-1][1]).whole


def test_the_form_that_is_hashed():
    """Written out here once, for whoever checks a copy of the log by another program."""
    at = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    entry = Entry(1, at, 1, 7, "chair", "case_step", "case", 12, '{"step":"decide"}', "ab12")
    assert canonical(entry) == (
        b'{"act":"case_step","area_id":1,"at":"2026-03-02T11:00:00.000000Z","detail":{"step":"decide"},"kind":"case",'
        b'"number":1,"object_id":12,"request_id":"ab12","role":"chair","user_id":7}'
    )
    assert (
        chained(BEGINNING, entry)
        == "77f96c005a19369a382002c843e0e208ebd23f394ca5e8d48d32aa2fc2a24677"
    )


@pytest.mark.parametrize("words", ["Rosa Hill", "rosa@example.org", "", "M33 2AA", "x" * 100])
def test_what_somebody_wrote_never_enters(words):
    with pytest.raises(ValueError, match="numbers and codes"):
        detail_text({"why": words})
    with pytest.raises(ValueError, match="numbers and codes"):
        detail_text({"why": [words]})


def test_an_entry_that_cannot_be_read_breaks_the_chain():
    def entries():
        raise ValueError("no time at all")
        yield

    assert walk(entries()).broken_at == 1


def test_every_act_has_its_words():
    assert set(ACT_WORDS) == set(Act)
