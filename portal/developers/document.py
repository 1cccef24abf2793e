"""The OpenAPI document: the operations in the addresses that the application has now."""

import re
from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from werkzeug.routing import Rule

from portal.areas.models import Area
from portal.developers.operations import HEARD, OPERATIONS, Operation, Question
from portal.developers.schemas import SCHEMAS, TEXT
from portal.web import LARGEST_ID

VERSION = "1"
LICENCE = {
    "name": "Open Government Licence v3.0",
    "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
HOLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
SESSION = {"session": {"type": "apiKey", "in": "cookie", "name": "session"}}
# A key in the address, as it is made.
KEY = TEXT | {"pattern": "^[A-Za-z0-9_-]{1,100}$"}
ROW = {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}


def document(area: Area) -> dict[str, Any]:
    """The whole document, in the reader's language."""
    about = _("What is public on this portal, for other programs. It needs no key.")
    described = f"{about} {area.data_attribution}" if area.data_attribution else about
    paths: dict[str, Any] = {}
    for endpoint, operation in OPERATIONS.items():
        paths.setdefault(path_of(endpoint), {})["get"] = _get(endpoint, operation)
    for endpoint, operation in HEARD.items():
        paths.setdefault(path_of(endpoint), {})["post"] = _post(endpoint, operation)
    said = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{area.product_name}, {area.name}",
            "version": VERSION,
            "description": described,
            "license": LICENCE,
        },
        "servers": [{"url": current_app.config["BASE_URL"]}],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": SESSION},
    }
    return _plain(said)


def rule_of(endpoint: str) -> Rule:
    """Where an endpoint stands in the address table: its address with the most to fill in."""
    return max(current_app.url_map.iter_rules(endpoint), key=lambda rule: rule.rule.count("<"))


def path_of(endpoint: str) -> str:
    """Its path with {holes}, as the document writes it."""
    operation = (OPERATIONS | HEARD)[endpoint]
    return HOLE.sub(
        lambda hole: operation.holes.get(hole[1], f"{{{hole[1]}}}"), rule_of(endpoint).rule
    )


def _get(endpoint: str, operation: Operation) -> dict[str, Any]:
    asked = [_parameter("query", name, ask) for name, ask in operation.asks.items()]
    good = {"description": _("Found"), "content": {operation.kind: {"schema": operation.answer}}}
    answers: dict[str, Any] = {"200": good}
    if operation.conditional:
        answers["304"] = {"description": _("Unchanged since you asked")}
    if operation.signed_in:
        answers["302"] = {"description": _("Sign in first")}
    return {
        **_head(endpoint, operation),
        "parameters": [*_holes(endpoint, operation), *asked],
        "responses": answers | _errors(operation),
    }


def _post(endpoint: str, operation: Operation) -> dict[str, Any]:
    asked = [
        _parameter("header", name, ask) | {"required": True} for name, ask in operation.asks.items()
    ]
    body = {"required": True, "content": {operation.kind: {"schema": operation.answer}}}
    silent = {str(status): {"description": _("Not heard")} for status in operation.errors}
    return {
        **_head(endpoint, operation),
        "parameters": asked,
        "requestBody": body,
        "responses": {"204": {"description": _("Heard")}} | silent,
    }


def _head(endpoint: str, operation: Operation) -> dict[str, Any]:
    head: dict[str, Any] = {"operationId": endpoint.replace(".", "_"), "summary": operation.words}
    return head | ({"security": [{"session": []}]} if operation.signed_in else {})


def _holes(endpoint: str, operation: Operation) -> list[dict[str, Any]]:
    rule = rule_of(endpoint)
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": ROW if f"<int:{name}>" in rule.rule else KEY,
        }
        for name in HOLE.findall(rule.rule)
        if name not in operation.holes
    ]


def _parameter(place: str, name: str, ask: Question) -> dict[str, Any]:
    """One thing that can be asked. Several values of a choice are repeated; the numbers of a box have commas."""
    several = ask.schema.get("type") == "array"
    fixed = "minItems" in ask.schema
    form = {"style": "form", "explode": not fixed} if several else {}
    said = {"name": name, "in": place, "description": ask.words, "schema": ask.schema}
    empty = (
        {"allowEmptyValue": True} if place == "query" else {}
    )  # as a form sends it: asks nothing
    return said | form | empty


def _errors(operation: Operation) -> dict[str, Any]:
    told = {
        400: _("Something that was asked cannot be read"),
        403: _("Not for you"),
        404: _("Nothing is there"),
        429: _("Too often; wait an hour"),
        503: _("Not now"),
    }
    kind, shape = operation.trouble
    # Whatever reads the register may be asked too often.
    errors = {*operation.errors, 429} if 404 in operation.errors else operation.errors  # noqa: PLR2004
    content = {kind: {"schema": shape}}
    return {
        str(status): {"description": told[status], "content": content} for status in sorted(errors)
    }


def _plain(said: Any) -> Any:
    """The same with every sentence in the reader's language."""
    if isinstance(said, Mapping):
        return {str(name): _plain(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_plain(value) for value in said]
    return said if said is None or isinstance(said, int | float) else str(said)
