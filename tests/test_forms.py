"""Forms: fields a tired person can fill in, plain words for what is wrong, nothing lost."""

from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import FileField, IntegerField, StringField
from wtforms.validators import InputRequired, Optional

from portal import web
from portal.errors import RuleBroken
from portal.fields import DateParts, Pounds


@pytest.fixture(scope="module", autouse=True)
def request_context():
    """Forms need a request and a language, not the whole portal."""
    app = Flask(__name__)
    app.secret_key = "test"
    Babel(app)
    with app.test_request_context("/"):
        yield


class Everything(web.SearchForm):
    name = StringField("Your name", [InputRequired()])
    people = IntegerField("How many people?", [Optional()])
    first = DateParts("First day", [Optional()])
    pay = Pounds("What can you pay", [Optional()])
    paper = FileField("A paper", [Optional()])


def filled(**answers) -> Everything:
    form = Everything(MultiDict({"name": "Rosa"} | answers))
    form.validate()
    return form


def dated(day="", month="", year="") -> Everything:
    return filled(**{"first-day": day, "first-month": month, "first-year": year})


@pytest.mark.parametrize(
    "parts",
    [("4", "2", "2027"), (" 04 ", "02", "2027"), ("4", "Feb", "2027"), ("4", "february", "2027")],
)
def test_a_date_is_read_however_it_is_written(parts):
    assert dated(*parts).first.data == date(2027, 2, 4)


@pytest.mark.parametrize(
    ("parts", "sentence", "part"),
    [
        (("", "2", "2027"), "Write the day too.", "day"),
        (("4", "", ""), "Write the month and the year too.", "month"),
        (("31", "2", "2027"), "There is no such day. Check the day and the month.", "day"),
        (("32", "2", "2027"), "Write the day as a number from 1 to 31.", "day"),
        (("4", "ma", "2027"), "Write the month as a number from 1 to 12, or as its name.", "month"),
        (("4", "2", "27"), "Write the year with four numbers, for example 2027.", "year"),
    ],
)
def test_a_wrong_date_is_told_and_kept(parts, sentence, part):
    form = dated(*parts)
    assert form.first.errors == [sentence]
    assert form.first.first_wrong == part
    assert tuple(form.first.parts.values()) == parts
    assert web.mistakes(form) == [(f"first-{part}", f"First day: {sentence}")]


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_text_breaks_a_date(day, month, year):
    field = dated(day, month, year).first
    assert (field.data is not None) or field.errors or not any(field.parts.values())


def test_a_blank_date_is_no_date_and_a_given_one_is_shown():
    assert dated().first.data is None
    assert not dated().first.errors
    form = Everything(MultiDict(), first=date(2027, 2, 4))
    assert form.first.parts == {"day": "4", "month": "2", "year": "2027"}
    assert filled(first="2027-02-04").first.data == date(2027, 2, 4)


@pytest.mark.parametrize(
    ("text", "pence"), [("12", 1200), ("£12.50", 1250), ("1,200", 120000), ("0.5", 50), ("", None)]
)
def test_pounds_become_pence(text, pence):
    assert filled(pay=text).pay.data == pence


@given(st.text(max_size=12))
def test_no_text_breaks_an_amount(text):
    field = filled(pay=text).pay
    assert field.errors or field.data is None or field.data >= 0


def test_white_space_is_stripped_and_stock_sentences_are_plain():
    form = filled(name="  Rosa ", people="x")
    assert form.name.data == "Rosa"
    assert web.mistakes(form) == [
        ("people", "How many people? Write a whole number, for example 15.")
    ]


def test_a_file_where_text_is_meant_is_no_answer():
    form = filled(
        name=FileStorage(BytesIO(b"x"), "a"), **{"first-day": FileStorage(BytesIO(), "a")}
    )
    assert form.errors["name"] == ["This answer is needed."]
    assert form.first.data is None
    assert form.paper.data is None


def test_an_expired_page_is_an_error_on_the_form():
    class Posted(web.Form):
        name = StringField("Your name")

    form = Posted(MultiDict({"name": "All that I wrote"}))
    assert not form.validate()
    assert web.mistakes(form) == [("", str(web.EXPIRED))]
    assert form.name.data == "All that I wrote"


def test_a_broken_rule_becomes_a_sentence_on_the_form():
    def refuse():
        raise RuleBroken("held", "Only %(number)s can.", number=3)

    form = filled()
    assert web.attempt(form, refuse) is None
    assert form.broken
    assert web.mistakes(form) == [("", "Only 3 can.")]
    assert web.attempt(filled(), lambda: None) is True
    assert web.attempt(filled(), lambda: "case") == "case"
