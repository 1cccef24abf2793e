"""Where something stands in a TOML file: lines of tables and keys, however the file is written."""

import pytest

from portal.areas.profile import FOLDER
from portal.areas.tables import lines_of, read_table
from portal.errors import BadInput

FILE = '''# a comment with a = sign
name = "one"

[periods.validation]      # what the broker has
number = 5
unit = "working days"
[periods.decision]
number = 65
number_in = { wales = 3, scotland = 4 }
text = """
number = 7 is no key here
[neither.is.this]
"""
last = 1
[ "quoted" . 'too' ]
list = [
  "a = b",
  "c", ]
after.list = 2
'''


def test_every_table_and_key_has_its_line():
    found = lines_of(FILE)
    assert found == {
        "name": 2,
        "periods": 4,
        "periods.validation": 4,
        "periods.validation.number": 5,
        "periods.validation.unit": 6,
        "periods.decision": 7,
        "periods.decision.number": 8,
        "periods.decision.number_in": 9,
        "periods.decision.text": 10,
        "periods.decision.last": 14,
        "quoted": 15,
        "quoted.too": 15,
        "quoted.too.list": 16,
        "quoted.too.after.list": 19,
        "quoted.too.after": 19,
    }


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.name)
def test_every_line_of_a_shipped_file_is_the_one_of_its_key(file):
    text = file.read_text("utf-8")
    lines = text.splitlines()
    found = lines_of(text)
    for place, number in found.items():
        assert place.rpartition(".")[2] in lines[number - 1], place
    assert len(found) > 150


@pytest.fixture
def table(tmp_path):
    def make(text: str):
        file = tmp_path / "a.toml"
        file.write_text(text, "utf-8")
        return read_table(file)

    return make


def test_a_missing_key_has_the_line_of_its_table_and_a_whole_file_its_first(table):
    top = table(FILE)
    decision = top.inside("periods").inside("decision")
    assert decision.line("missing") == 7
    assert decision.inside("number_in").line("wales") == 9
    assert top.line("nothing") == 1
    assert top.line("periods.decision.unit") == 7


def test_a_key_that_nobody_read_is_refused_with_what_was_meant(table):
    top = table("name = 'a'\n[periods.one]\nnumber = 1\nnumbr = 2\n")
    top.text("name")
    top.entries("periods", lambda t, name: t.inside(name).get("number", int))
    with pytest.raises(BadInput) as caught:
        top.nothing_else()
    assert caught.value.values["line"] == 4
    assert caught.value.values["place"] == "periods.one.numbr"
    assert "did you mean 'number'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ('a = """never ends\n', 1),
        ("[a]\n[a]\n", 2),
        ("a = 1\n\n[b\n", 3),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(table, text, line):
    with pytest.raises(BadInput) as caught:
        table(text)
    assert abs(caught.value.values["line"] - line) <= 1  # the parser sees it at the line's end


def test_what_is_no_text_is_refused(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xff\xfe name")
    with pytest.raises(BadInput, match="cannot be read"):
        read_table(file)
    with pytest.raises(BadInput, match="cannot be read"):
        read_table(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "call", "reason"),
    [
        ("a = true", lambda t: t.get("a", int), "not a whole number"),
        ("a = 1.5", lambda t: t.get("a", int), "not a whole number"),
        ("a = ' '", lambda t: t.text("a"), "empty"),
        ("a = [1]", lambda t: t.words("a"), "not a text"),
        ("a = ['x', 'x']", lambda t: t.words("a"), "twice"),
        ("a = ['landd']", lambda t: t.words("a", ("land", "room")), "did you mean 'land'"),
        ("a = 2026-03-01T10:00:00", lambda t: t.get("a", __import__("datetime").date), "a date"),
        ("[a]", lambda t: t.entries("a", lambda i, n: n), "empty"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(table, text, call, reason):
    with pytest.raises(BadInput) as caught:
        call(table(text))
    assert reason in str(caught.value)
