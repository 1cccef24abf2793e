"""Every text goes through translation: the catalogues are whole, and a page in Welsh is in Welsh."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from portal.areas import calendar, profile
from portal.areas.counting import OBSERVED
from portal.areas.rules import Nation
from portal.config import FIRST_LANGUAGE, LANGUAGES
from portal.lettings import reasons
from portal.lettings import table as lettings
from portal.ownership import rules as ownership
from portal.proposals import guards
from portal.proposals import rules as proposals
from portal.proposals.judging import benefit
from portal.web import PLAIN
from tests import factories

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "portal"
TRANSLATIONS = PORTAL / "translations"
# What says a text, and how many of its arguments are texts.
SAYS = {"_": 1, "_l": 1, "N_": 1, "ngettext": 2, "lazy_ngettext": 2}
OTHERS = [code for code in LANGUAGES if code != FIRST_LANGUAGE]


def catalogue(path: Path, read=read_po):
    with path.open("rb") as file:
        return {_whole(m.id): _whole(m.string) for m in read(file) if m.id}


def _whole(text):
    """A plural as a tuple, however the file's reader gives it."""
    return text if isinstance(text, str) else tuple(text)


def spoken() -> set[str]:
    """Every English sentence that is in the catalogue."""
    texts = catalogue(TRANSLATIONS / "messages.pot")
    return {text for key in texts for text in ([key] if isinstance(key, str) else key)}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%(?:\(\w+\))?[a-z%]", text))


def test_catalogue_holds_what_the_code_says(tmp_path):
    collected = tmp_path / "now.pot"
    subprocess.run([ROOT / "script" / "words", "--to", collected], check=True)
    now, kept = catalogue(collected), catalogue(TRANSLATIONS / "messages.pot")
    assert not now.keys() ^ kept.keys(), "run script/words"


def test_the_collector_finds_every_text():
    """It looks into no f-string and no call within another, and knows no other names than script/words tells it."""
    known, lost = spoken(), []
    for path in PORTAL.rglob("*.py"):
        if "_(" in (text := path.read_text()):
            calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
            said = (call.args[: SAYS.get(ast.unparse(call.func), 0)] for call in calls)
            texts = (one.value for args in said for one in args if isinstance(one, ast.Constant))
            lost += [(path.name, text) for text in texts if text not in known]
    assert not lost


@pytest.mark.parametrize("code", OTHERS)
def test_translation_is_whole_and_compiled(code):
    folder = TRANSLATIONS / code / "LC_MESSAGES"
    texts = catalogue(folder / "messages.po")
    assert not texts.keys() ^ catalogue(TRANSLATIONS / "messages.pot").keys(), "run script/words"
    assert not [
        key for key, text in texts.items() if not (text if isinstance(text, str) else all(text))
    ]
    assert catalogue(folder / "messages.mo", read_mo) == texts, "run script/words"


@pytest.mark.parametrize("code", OTHERS)
def test_translation_keeps_every_placeholder(code):
    texts = catalogue(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")
    # What is said of one may leave the number out.
    pairs = [
        ([key] if isinstance(key, str) else key, text)
        for key, said in texts.items()
        for text in ([said] if isinstance(said, str) else said)
    ]
    wrong = [
        (keys, text)
        for keys, text in pairs
        if placeholders(text) not in [placeholders(key) for key in keys]
    ]
    assert not wrong


def sentences_of_rules() -> dict[str, list[str]]:
    """What pure code hands on for others to show."""
    named = [one for one in vars(guards).values() if isinstance(one, guards.Guard)]
    lets = [one for one in vars(lettings).values() if isinstance(one, lettings.Guard)]
    return {
        "steps of cases": [row.sentence for row in proposals.TRANSITIONS],
        "guards of cases": [guard.sentence for guard in named],
        "the test": [text for _, text in benefit.LINE_SENTENCES + benefit.RESULT_SENTENCES],
        "steps of lets": [row.sentence for row in lettings.TABLE],
        "guards of lets": [guard.sentence for guard in lets],
        "steps of questions": [row.sentence for row in ownership.TABLE],
        "guards of questions": [guard.sentence for row in ownership.TABLE for guard in row.guards],
        "rooms": [text for pair in reasons.ACCESS_REASONS.values() for text in pair]
        + [*reasons.NO_ACCESS.values(), *reasons.AT_THE_DOOR.values()]
        + [text for _, text in reasons.SHUT.values()],
        "forms": [str(text) for text in PLAIN.values()],
    }


@pytest.mark.parametrize(("where", "sentences"), sentences_of_rules().items())
def test_every_sentence_of_the_rules_is_in_the_catalogue(where, sentences):
    assert sentences, where
    assert not set(sentences) - spoken()


@pytest.mark.parametrize("file", sorted(profile.FOLDER.glob("*.toml")), ids=lambda file: file.name)
def test_every_text_of_a_profile_is_in_the_catalogue(file):
    read = profile.read_profile(file)
    texts = {read.title, read.summary, *read.capacity.values(), *read.grounds.values()}
    texts |= {*read.ground_evidence.values(), *([read.appeal] if read.appeal else [])}
    texts |= {part.source for part in (*read.petitions.values(), *read.blocks.values())}
    texts |= {block.title for block in read.blocks.values()}
    texts |= {criterion.title for criterion in read.criteria.values()}
    texts |= {period.source for period in read.periods.values()}
    texts |= {text for clause in read.clauses.values() for text in (clause.title, clause.text)}
    assert not texts - spoken()


@pytest.mark.parametrize("nation", Nation)
def test_every_bank_holiday_is_in_the_catalogue(nation):
    years = [set(calendar.bank_holidays(nation, year).values()) for year in (2026, 2029, 2031)]
    yearly = set.intersection(*years)  # without those proclaimed for one year
    assert yearly
    assert not {name.removesuffix(OBSERVED) for name in yearly} - spoken()


def bare_words(template: str) -> list[str]:
    """The words of a template that stand outside `_()` and `{% trans %}`."""
    for what in (
        r"{#.*?#}",
        r"{%-?\s*trans\b.*?endtrans\s*-?%}",
        r"{{.*?}}|{%.*?%}",
        r"<(code|style)>.*?</\1>",  # what is typed, or read by a machine
        r"<[^>]*>",
    ):
        template = re.sub(what, " ", template, flags=re.DOTALL)
    return re.findall(r"[A-Za-z]{2,}", template)


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((PORTAL / "templates").rglob("*")) if p.suffix in (".html", ".txt")],
    ids=lambda path: str(path.relative_to(PORTAL / "templates")),
)
def test_no_template_speaks_past_the_translators(path):
    text = path.read_text()
    # Attributes that people read or hear, too.
    spoken_attributes = re.findall(r'\b(?:alt|title|aria-label|placeholder)="([^"{]+)"', text)
    assert not [*bare_words(text), *spoken_attributes]


@pytest.fixture
def area(app):
    """An area with one vacant plot."""
    made = factories.area()
    factories.asset(factories.holder(made))
    return made


WELSH = {"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Ble ydych chi?"),
        ("/how-it-works", "Ystafell i&#39;ch grŵp|Ystafell i'ch grŵp"),
        ("/assets", "Dangos"),
        ("/assets/1", "Nid oes neb yn defnyddio"),
        ("/rooms/find", "Dod o hyd i ystafell"),
        ("/cases", "Pob hawliad ar dir gwag"),
        ("/sign-in", "Mewngofnodi"),
        ("/nowhere", "Ni chafwyd hyd i&#39;r dudalen|Ni chafwyd hyd i'r dudalen"),
    ],
)
def test_public_pages_speak_welsh(area, client, path, words):
    page = client.get(path, headers=WELSH).get_data(as_text=True)
    assert '<html lang="cy"' in page
    assert re.search(words, page), page
    english = client.get(path).get_data(as_text=True)
    assert '<html lang="en"' in english
    assert not re.search(words, english)


def test_the_switch_remembers_and_returns_to_the_page(area, client):
    page = client.get("/assets?kind=land&near=").get_data(as_text=True)
    link = re.search(r'href="(/language/cy\?[^"]*)"[^>]*lang="cy"', page)[1].replace("&amp;", "&")
    answer = client.get(link)
    assert (answer.status_code, answer.location) == (302, "/assets?kind=land&near=")
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    welsh = client.get(answer.location).get_data(as_text=True)
    assert '<html lang="cy"' in welsh
    assert re.search(r'href="/language/en\?[^"]*"[^>]*>English<', welsh)
    client.get("/language/en")
    # What was chosen wins over what the browser says.
    assert '<html lang="en"' in client.get("/", headers=WELSH).get_data(as_text=True)


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", ""]
)
def test_the_switch_leads_nowhere_else(area, client, target):
    assert client.get("/language/cy", query_string={"next": target}).location == "/"


def test_an_unknown_language_is_no_page(area, client):
    assert client.get("/language/xx").status_code == 404


def test_a_letter_that_is_asked_for_on_a_page_is_in_the_language_of_that_page(area, client):
    from portal.db import db
    from portal.notices.models import Letter

    token = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"',
        client.get("/sign-in", headers=WELSH).get_data(as_text=True),
    )[1]
    client.post("/sign-in", data={"email": "a@b.example", "csrf_token": token}, headers=WELSH)
    letter = db.session.query(Letter).one()
    assert letter.language == "cy"
    assert "Open this link to sign in" not in letter.body
