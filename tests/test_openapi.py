"""The OpenAPI document says what programs get: each operation is asked thousands of things, and answers as it says."""

import hmac
import json
import os
import re
import warnings
from collections import Counter
from hashlib import sha256
from html import unescape

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from markupsafe import escape
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import EnvironBuilder

from portal.developers.document import path_of
from portal.developers.operations import DAYS, HEARD, OPERATIONS
from portal.register.search import FIELDS
from portal.web import FOR_PROGRAMS, stripped
from tests.hostile import everything
from tests.world import filled

# Each operation on each engine, half of them as it is described and half against it.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_acceptance,
]
# Whether there is such a place, ward or shape no schema can say: 400 is an answer to these.
MAY_BE_UNKNOWN = {"near", "holder", "ward", "bbox", "inside", "place", "suggestion", *DAYS}
# Each writes a file by a process of its own: so many times fewer.
SLOW = {"register_assets_gpkg": 8}
SECRET = "a secret of ours"


def bounded(number):
    return settings(
        max_examples=number,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


def test_every_address_for_programs_is_described(app):
    rules = list(app.url_map.iter_rules())
    ends = (".json", ".geojson", *FOR_PROGRAMS)
    beside = {"home.ping", "home.healthz"}
    asked = {r.endpoint for r in rules if r.rule.endswith(ends) or "csv" in r.rule}
    assert (asked | beside) - {"static"} == set(OPERATIONS)
    assert {r.endpoint for r in rules if r.rule.startswith("/webhooks/")} == set(HEARD)


@pytest.fixture
def described(app, client):
    """The document, of an area with something of everything."""
    app.config["GOVUK_PAY_WEBHOOK_SECRET"] = SECRET
    world = filled()
    return world, client.get("/openapi.json").json


def test_the_document_is_one_and_its_references_lead_somewhere(described):
    _world, document = described
    schemathesis.openapi.from_dict(document).validate()
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text, f"nothing answers with {name}"
    asked = document["paths"]["/assets.geojson"]["get"]["parameters"]
    assert set(FIELDS) <= {one["name"] for one in asked}
    for one in asked:
        for example in one["schema"].get("examples", ()):
            jsonschema_rs.validate(one["schema"], example)


def test_the_page_for_developers(app, client, described):
    page = client.get("/developers").get_data(as_text=True)
    for example in re.findall(r"curl .*?&#39;http://127.0.0.1:8000(.*?)&#39;", page):
        assert client.get(unescape(example)).status_code == 200, example
    assert "&lt;" not in page
    for name, one in OPERATIONS.items():
        assert (escape(path_of(name)) in page) is not one.signed_in
    assert '<a class="govuk-link" href="/developers">' in client.get("/").get_data(as_text=True)


def test_a_program_is_told_what_was_wrong_and_a_browser_gets_a_page(described, client):
    for path in ("/assets.csv?kind=sea", "/tiles/99/1/1.mvt", "/cases.atom?year=soon", "/no.ics"):
        told = client.get(path, headers={"Accept": "*/*"})
        assert told.mimetype == "application/problem+json"
        assert told.json["status"] == told.status_code
        assert client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"


def test_a_statement_is_not_made_of_what_was_not_understood(described, client):
    world, _document = described
    client.sign_in(world.people["broker"])
    assert client.get("/money/statement.csv").status_code == 200
    assert client.get("/money/statement.csv?holder=x").status_code == 404
    wrong = "first-day=31&first-month=2&first-year=2026"
    assert client.get(f"/money/statement.csv?{wrong}").status_code == 400


def test_each_operation_answers_as_it_says(app, client, described):
    world, document = described
    private = [one["operationId"] for one in _operations(document) if one.pop("security", None)]
    brokers = app.test_client()
    brokers.sign_in(world.people["broker"])
    before = everything()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    asked: Counter[str] = Counter()
    broken = []
    for operation in schema.get_all_operations():
        name = operation.ok().definition.raw["operationId"]
        try:
            _shake(brokers if name in private else client, operation.ok(), asked)
        except (AssertionError, FailureGroup) as wrong:
            broken.append(f"{operation.ok().label}: {wrong}")
    assert not broken, "\n\n".join(broken)
    assert everything() == before, "asking changes nothing"
    assert set(asked) == {one["operationId"] for one in _operations(document)}
    print(sum(asked.values()), "questions:", dict(asked))  # noqa: T201 - the long run tells it


def _operations(document):
    return [one for path in document["paths"].values() for one in path.values()]


def _shake(client, operation, asked):
    """Half of the questions as they are described, half against it."""
    said = operation.definition.raw
    name = said["operationId"]
    number = max(EXAMPLES // 2 // SLOW.get(name, 1), 2)
    modes = [GenerationMode.POSITIVE]
    if said["parameters"]:  # else nothing can be wrong
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:

        @bounded(number)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask_all(case):
            asked[name] += 1
            ask(client, case)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that few questions were possible
            ask_all()


def whole(value):
    """A whole number as everybody writes it: 2, which to JSON Schema is 2.0 too."""
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def ask(client, case):
    case.query = {name: whole(value) for name, value in (case.query or {}).items()}
    sent = case.as_transport_kwargs()
    if case.method == "POST" and len(case.headers.get("Pay-Signature", "")) % 2:
        body = EnvironBuilder(**sent).get_request().get_data()
        sent["headers"]["Pay-Signature"] = hmac.new(SECRET.encode(), body, sha256).hexdigest()
    answer = client.open(**sent)
    query = case.query
    empty = any(not stripped(str(value)) for value in query.values() if not isinstance(value, list))
    empty |= any("" in value for value in query.values() if isinstance(value, list))
    leave_out = set()
    if MAY_BE_UNKNOWN & set(query) or not query or case.method == "POST":
        leave_out.add(positive_data_acceptance)
    if empty:  # asks nothing, whatever its name is
        leave_out.add(negative_data_rejection)
    case.validate_response(answer, checks=[check for check in CHECKS if check not in leave_out])
