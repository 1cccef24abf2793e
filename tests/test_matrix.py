"""Who may open what: every route and method, asked by somebody in each role, compared with the table below.

A route without a row fails, and so does a row that says something else than the portal does. Roles have a letter each
(tests/matrix.py): "-" signed out, r signed in, g organiser of the group, o of another, f officer of the holder, e of another,
b broker, k who opens the building, p panel, c chair, a administrator. "*" is everybody, "+" everybody who is signed in, "."
nobody as things stand, "/" that there is no such method. Whoever is not named is sent to sign in, refused, or told that
nothing is there. A POST carries its token and nothing else: who may send it is told what is missing or why it is not the
time for it (422, 409), or it is done.
"""

import re

import pytest
from werkzeug.exceptions import HTTPException

from portal import web
from portal.errors import Forbidden, NotFound
from tests import conftest, matrix
from tests.matrix import ROLES, SECRETS

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"]),
    pytest.mark.xdist_group("world"),
]

TABLE = """
/                                                          *      /
/accessibility                                             *      /
/account                                                   +      +
/account/confirm                                           +      +
/account/data                                              +      +
/account/leave                                             +      +
/account/second-step                                       +      +
/account/second-step/codes                                 +      +
/account/second-step/off                                   +      +
/account/sign-out-others                                   +      +
/account/sign-out/{browser}                                g      g
/area.css                                                  *      /
/area.geojson                                              *      /
/assets                                                    *      /
/assets.atom                                               *      /
/assets.csv                                                *      /
/assets.geojson                                            *      /
/assets.gpkg                                               *      /
/assets/area                                               *      /
/assets/embedding                                          *      /
/assets/{plot}                                             *      /
/assets/{plot}.geojson                                     *      /
/assets/{plot}/claim                                       +      +
/calendar/{calendar}.ics                                   *      /
/calendars                                                 +      /
/calendars/group/{group}/make                              /      g
/calendars/group/{group}/stop                              /      g
/calendars/holder/{holder}/make                            /      fb
/calendars/holder/{holder}/stop                            /      .
/calendars/keyholder/0/make                                /      k
/calendars/keyholder/0/stop                                /      .
/cases                                                     *      /
/cases.atom                                                *      /
/cases.csv                                                 *      /
/cases.json                                                *      /
/cases/columns                                             *      /
/cases/figures                                             *      /
/cases/{case}                                              *      /
/cases/{case}/hearing                                      *      /
/cases/{case}/hearing.ics                                  *      /
/cases/{case}/hearing/notice.pdf                           *      /
/cases/{case}/hearing/speak                                +      +
/cases/{case}/hearing/speakers                             bc     c
/cases/{case}/holder                                       *      /
/cases/{case}/letters/{event}.pdf                          *      /
/cases/{case}/record-hearing                               c      c
/cases/{case}/result                                       *      /
/cases/{case}/score/later                                  /      p
/cases/{case}/sign.pdf                                     *      /
/cases/{draft}/edit                                        g      /
/cases/{draft}/edit/what                                   g      g
/cases/{draft}/files                                       g      g
/cases/{draft}/files/{file}                                g      /
/cases/{draft}/files/{file}/thumb                          g      /
/cases/{draft}/lodge                                       g      g
/cases/{draft}/register-interest                           g      g
/cases/{notice}/decide                                     c      c
/cases/{notice}/petition                                   *      *
/cases/{notice}/petition/look                              b      b
/cases/{notice}/petition/paper/{paper}/correct             b      b
/cases/{notice}/petition/sheet.pdf                         *      /
/cases/{notice}/withdraw                                   g      g
/cases/{used}/accept-terms                                 +      +
/cases/{used}/agreement                                    gfba   /
/cases/{used}/agreement/photos                             gfba   gfba
/cases/{used}/agreement/{edition}/draft.docx               g      /
/cases/{used}/agreement/{edition}/draft.pdf                gfba   /
/cases/{used}/agreement/{edition}/for-signing.pdf          gfba   /
/cases/{used}/agreement/{edition}/signed.pdf               gfba   /
/cases/{used}/card                                         /      g
/cases/{used}/card/{payment}                               .      /
/cases/{used}/change-terms                                 +      +
/cases/{used}/end                                          gb     gb
/cases/{used}/give-notice                                  gf     gf
/closures/{closure}                                        fb     /
/closures/{closure}/remove                                 /      fb
/desk                                                      +      /
/desk/find                                                 b      /
/desk/hours                                                b      /
/desk/hours/{plot}                                         b      b
/desk/locate                                               b      /
/desk/locate/{plot}                                        b      /
/desk/locate/{plot}/back                                   b      b
/desk/locate/{plot}/checked                                b      b
/desk/locate/{plot}/here                                   b      b
/desk/locate/{plot}/here.geojson                           b      /
/desk/locate/{plot}/right                                  b      b
/desk/locate/{plot}/show                                   b      b
/desk/locate/{plot}/withhold                               b      b
/desk/questions                                            b      /
/desk/sightings                                            b      /
/desk/sightings/{sighting}                                 b      /
/desk/sightings/{sighting}/accept                          b      b
/desk/unreached                                            b      /
/developers                                                *      /
/embed                                                     *      /
/groups/join/{join}                                        +      .
/groups/new                                                +      +
/groups/{group}                                            g      /
/groups/{group}/invite                                     g      g
/groups/{group}/leave                                      g      g
/groups/{group}/take-back                                  /      g
/healthz                                                   *      /
/hearings                                                  *      /
/hearings.ics                                              *      /
/hearings.json                                             *      /
/holders/{holder}/calendar                                 fb     /
/holders/{holder}/closures                                 fb     fb
/holders/{holder}/terms                                    fb     fb
/hosting                                                   febk   /
/hosting/blockings/{blocking}                              fb     /
/hosting/blockings/{blocking}/lift                         /      fb
/hosting/places/{building}/way-in                          fbk    fbk
/hosting/rooms/{room}/block                                fb     fb
/hosting/rooms/{room}/deposit                              fb     fb
/hosting/week                                              febk   /
/hosting/{holder}                                          fb     /
/hosting/{holder}/approvals                                fb     /
/hosting/{holder}/approvals/new                            fb     fb
/hosting/{holder}/approvals/{rule}/end                     /      fb
/how-it-works                                              *      /
/language/cy                                               *      /
/lets                                                      +      /
/lets/figures                                              b      /
/lets/figures.csv                                          b      /
/lets/today                                                +      /
/lets/{asked}/approve                                      b      b
/lets/{asked}/decline                                      b      b
/lets/{asked}/withdraw                                     g      g
/lets/{let}                                                gfb    /
/lets/{let}/accept                                         g      g
/lets/{let}/answer_claim                                   g      g
/lets/{let}/cancel                                         gfb    gfb
/lets/{let}/card                                           /      g
/lets/{let}/card/{payment}                                 gfb    /
/lets/{let}/charges/{charge}/card                          /      g
/lets/{let}/claim_deposit                                  b      b
/lets/{let}/cover                                          g      g
/lets/{let}/dates/cancel                                   fb     fb
/lets/{let}/dates/give-up                                  g      g
/lets/{let}/dates/take-back                                g      g
/lets/{let}/dates/{date}                                   gfb    /
/lets/{let}/dates/{date}/attended                          gfbk   gfbk
/lets/{let}/dates/{date}/move                              gb     gb
/lets/{let}/end_pledge                                     b      b
/lets/{let}/keep                                           g      g
/lets/{let}/keys                                           fbk    fbk
/lets/{let}/keys/{loan}/back                               /      fbk
/lets/{let}/papers                                         fb     fb
/lets/{let}/papers/{evidence}/take-back                    /      fb
/lets/{let}/pledge_deposit                                 b      b
/lets/{let}/record_deposit                                 b      b
/lets/{let}/return_deposit                                 b      b
/lets/{let}/undo_deposit                                   b      b
/lets/{let}/waive_deposit                                  b      b
/lets/{let}/way-in                                         gfb    /
/letters                                                   .      /
/money                                                     b      /
/money/charges/{charge}/give-back                          b      b
/money/charges/{charge}/pay                                b      b
/money/charges/{charge}/write-off                          b      b
/money/entries/{posting}/take-back                         b      b
/money/holders/{holder}/pay-out                            b      b
/money/move                                                b      b
/money/receipts/{posting}.pdf                              gb     /
/money/refunds/{refund}/by-hand                            b      b
/money/statement                                           feb    /
/money/statement.csv                                       feb    /
/money/statement.pdf                                       feb    /
/money/statement?holder={holder}                           fb     /
/needs                                                     +      /
/needs/leave/{saved_token}                                 *      *
/needs/new                                                 +      +
/needs/{saved}/rooms                                       g      /
/needs/{saved}/stop                                        /      g
/offers/{offer}                                            o      o
/openapi.json                                              *      /
/openers/{keyholder}                                       fb     fb
/openers/{keyholder}/remove                                fb     fb
/p/{notice}                                                *      /
/people/second-step                                        a      a
/petitions/{petition}                                      *      *
/petitions/{petition}/withdraw                             *      *
/ping                                                      *      /
/places.geojson                                            *      /
/policy                                                    *      /
/policy/pilot_compact/2010-01-01                           *      /
/powers                                                    *      /
/powers/school-for-neighbours *      /
/privacy                                                   *      /
/questions                                                 *      /
/questions.csv                                             *      /
/questions/letters/{listener}                              *      *
/questions/new                                             *      *
/questions/{question}                                      *      /
/questions/{question}/answer                               b      b
/questions/{question}/follow                               *      *
/questions/{question}/note                                 b      b
/report                                                    *      /
/report/here                                               *      *
/report/{report}                                           *      /
/report/{report}/leave                                     *      *
/report/{report}/photos                                    *      *
/report/{report}/photos/{photo}.webp                       *      /
/report/{report}/words                                     *      *
/rooms                                                     *      /
/rooms/find                                                *      /
/rooms/{room}/ask                                          +      +
/rooms/{room}/wait                                         +      +
/rooms/{room}/week                                         *      /
/rounds                                                    *      /
/rounds/new                                                b      b
/rounds/requests/{request}                                 g      /
/rounds/requests/{request}/leave                           g      g
/rounds/requests/{request}/wishes                          /      g
/rounds/requests/{request}/wishes/{wish}/drop              /      g
/rounds/requests/{request}/wishes/{wish}/raise             /      g
/rounds/{open_round}/ask                                   +      +
/rounds/{open_round}/close                                 /      b
/rounds/{round}                                            *      /
/rounds/{round}/desk                                       b      /
/rounds/{round}/give-up                                    b      b
/rounds/{round}/places/{place}/away                        /      b
/rounds/{round}/places/{place}/pin                         /      b
/rounds/{round}/places/{place}/unpin                       /      b
/rounds/{round}/propose                                    /      b
/rounds/{round}/publish                                    b      b
/rounds/{round}/reopen                                     b      b
/rounds/{round}/requests/{request}/place                   b      b
/s                                                         *      /
/s/{sign}                                                  *      /
/setup                                                     a      a
/setup/audit                                               a      /
/setup/audit.csv                                           a      /
/setup/letters                                             a      /
/setup/letters/{letter}/again                              /      a
/setup/residents                                           a      a
/setup/roles                                               a      a
/setup/roles/{grant}/take                                  /      a
/setup/visits                                              a      /
/sightings/photos/{photo}-small.webp                       ba     /
/sightings/photos/{photo}.webp                             ba     /
/sign-in                                                   *      *
/sign-in/code                                              *      *
/sign-in/second-step                                       +      +
/sign-in/{sign_in}                                         *      *
/sign-out                                                  /      *
/static/old/css/house.css                                  *      /
/terms/{term}/remove                                       /      fb
/tiles/10/505/331.mvt                                      *      /
/venues/{building}                                         fb     /
/venues/{building}/hours/hire                              fb     fb
/venues/{building}/hours/hire/text                         fb     fb
/venues/{building}/hours/public                            fb     fb
/venues/{building}/hours/public/text                       fb     fb
/venues/{building}/openers                                 fb     /
/venues/{building}/openers/new                             fb     fb
/venues/{building}/room                                    fb     fb
/venues/{room}/access                                      fb     fb
/venues/{room}/details                                     fb     fb
/venues/{room}/divide                                      fb     fb
/venues/{room}/prices                                      fb     fb
/waiting                                                   +      /
/waiting/{waiting}                                         g      g
/watches/new                                               *      *
/watches/{watch}                                           *      *
/watches/{watch}/leave                                     *      *
/webhooks/govuk-pay                                        /      *
/webhooks/notify                                           /      .
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]
EVERYBODY = "".join(ROLES)
SIGNED_IN = EVERYBODY.replace("-", "")
SHORT = {"*": EVERYBODY, "+": SIGNED_IN, ".": ""}
TO_SIGN_IN = re.compile(r"/(sign-in|account/confirm)(/[\w-]+)?\?next=")
# Whose business a support group's place and time is. Who opens the building reads how it is opened.
MAY_KNOW = {"/hosting/places/{building}/way-in": "gfbk"}
# A file takes as long to make for everybody.
SLOW = {"/assets.gpkg": "-", "/cases/{used}/agreement/{edition}/draft.docx": "-rg"}


def answered(world, role, method, address):
    """What somebody is answered, and whether that lets them in."""
    browser, path = world.browser(role), world.path(address)
    world.refusals.clear()
    data = {"csrf_token": world.tokens[role]} if method == "POST" else None
    answer = browser.open(path, method=method, data=data)
    text = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
    answer.close()
    if method == "POST" and answer.status_code < 400:
        world.put_back()
    sent_away = answer.status_code in (302, 303) and TO_SIGN_IN.search(answer.location)
    refused = any(isinstance(error, Forbidden | NotFound) for error in world.refusals)
    return not (sent_away or refused or answer.status_code in (403, 404)), text


def who_may(world, method, address):
    """The letters of those who are let in, and whoever read what is not their business."""
    may, read = "", ""
    for role in SLOW.get(address, ROLES):
        let_in, text = answered(world, role, method, address)
        may += role if let_in else ""
        if role not in MAY_KNOW.get(address, "gfb") and any(secret in text for secret in SECRETS):
            read += role
        if role == "r" and method == "GET" and may == "-r":
            return "*", read  # what a stranger may open is the same for everybody
    return may, read


def in_short(letters, address):
    """As the table writes it."""
    asked = "".join(SLOW.get(address, ROLES))
    if letters in ("*", asked) and "-" in letters + "*":
        return "*"
    return "+" if letters == SIGNED_IN else letters or "."


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_open_what(app, world, monkeypatch, method):
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)  # other tests do
    monkeypatch.setattr(web, "told", lambda error: world.refusals.append(error) or str(error))
    wrong = []
    for address, *expected in ROWS:
        wanted = expected[method == "POST"]
        if wanted == "/":
            continue
        may, read = who_may(world, method, address)
        if in_short(may, address) != wanted:
            wrong.append(
                f"{method} {address}: {wanted} in the table, {in_short(may, address)} in truth"
            )
        if read:
            wrong.append(f"{method} {address}: {read} can read who meets where")
    assert not wrong, "\n".join(wrong)


def test_every_route_and_method_has_a_row(app, world):
    addresses = app.url_map.bind("localhost")
    told = set()
    for address, *expected in ROWS:
        for method, who in zip(("GET", "POST"), expected, strict=True):
            if who != "/":
                try:
                    told.add(
                        (addresses.match(world.path(address).partition("?")[0], method)[0], method)
                    )
                except HTTPException:
                    pytest.fail(f"nothing at {method} {address}")
    there = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert there - told == set(), "write down who may open these"
    assert told - there == set()


def test_the_roles_are_all_there(app, world):
    """No row passes because somebody could not sign in."""
    for role in SIGNED_IN:
        assert world.browser(role).get("/account").status_code == 200, ROLES[role]
    assert world.browser("-").get("/account").status_code == 302
    assert set(matrix.ROLES) == set(world.tokens)
