"""The Flask application: settings, database, sign-in, headers, errors, and the features' pages."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from importlib import import_module
from inspect import iscoroutinefunction
from time import perf_counter
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    render_template,
    request,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import get_locale, gettext
from flask_login import AnonymousUserMixin, LoginManager
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import away, config, headers, language, limits, statics, web
from portal.areas.queries import current_area
from portal.db import db, engine_options, prepare
from portal.errors import BadInput, Forbidden, NotFound, PortalError, RuleBroken
from portal.notices.sending import send_some
from portal.people import access, sessions

# The features with pages, as they appear in the address table.
FEATURES = (
    "home", "people", "register", "ownership", "sightings", "locating", "watches", "powers",
    "proposals", "petitions", "hearings", "agreements", "letters", "venues", "lettings", "lettings.finding", "lettings.hosting", "lettings.dates", "lettings.paying", "money", "rounds", "rounds.desk", "policy", "broker", "setup", "privacy", "developers",
)  # fmt: skip

# What forms send that nobody typed.
NOT_TYPED = {"csrf_token", "next", "shown_hash", "once", "shown"}
# What each refusal is on the web.
STATUS = {RuleBroken: 409, NotFound: 404, Forbidden: 403, BadInput: 400}


def create_app(**overrides: object) -> Flask:
    """Build the application; `overrides` win over the environment."""
    app = Flask(
        "portal",
        static_folder=str(statics.SOURCE),
        static_url_path=statics.address(),
        instance_path=str(config.INSTANCE.resolve()),
    )
    app.config.update(config.load(**overrides))
    url = str(app.config["DATABASE_URL"])
    pooled = url == app.config["POOLER_URL"]
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(url, pooled=pooled)}
    proxies = int(str(app.config["PROXIES"]))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.session_interface = Sessions()
    web.init_app(app)
    # What it limits are views that say so, and each of these asks by itself: other requests need not pass by.
    app.before_request_funcs[None] = [
        f
        for f in app.before_request_funcs[None]
        if f != limits.limiter._check_request_limit  # noqa: SLF001
    ]
    db.init_app(app)
    # Its second one is for asynchronous sessions, which we have none of: it would start a thread for every request.
    app.teardown_appcontext_funcs[:] = [
        f for f in app.teardown_appcontext_funcs if not iscoroutinefunction(f)
    ]
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine)
    language.init_app(app, _language)
    logins = LoginManager(app)
    logins.session_protection = None  # a telephone changes its address all the time
    logins.user_loader(sessions.user_of)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(PortalError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)
    app.context_processor(_page_context)
    for feature in FEATURES:
        app.register_blueprint(import_module(f"portal.{feature}.views").bp)
    return app


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions; where no cookie came there is nothing to read, and no signature to make ready for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie, or an empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _language() -> str:
    """The reader's language: what was chosen, else what the browser asks for; the command line speaks the first."""
    if not has_request_context():
        return config.FIRST_LANGUAGE
    chosen = request.cookies.get("language")
    if chosen in config.LANGUAGES:
        return chosen
    return request.accept_languages.best_match(config.LANGUAGES, config.FIRST_LANGUAGE)


def _begin() -> Response | None:
    g.request_id, g.began = secrets.token_hex(4), perf_counter()
    g.csp_nonce = secrets.token_urlsafe(16)
    return access.check_request()


def _finish(response: Response) -> Response:
    """Headers on every answer; and letters that this request wrote go out once it is answered."""
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    # Nobody is signed in without a cookie.
    personal = bool(request.endpoint != "static" and request.cookies and sessions.personal())
    headers.add(response, personal=personal)
    if personal:
        sessions.touch()
    if g.pop("letters_written", False):
        response.call_on_close(_sender(current_app._get_current_object()))  # noqa: SLF001
    return response


def _sender(app: Flask) -> Callable[[], None]:
    """Sends what waits once a server has given the answer away; by then the request's context is gone."""

    def send() -> None:
        with app.app_context():
            try:
                send_some()
            except Exception as error:  # noqa: BLE001
                # The answer is given; the letters wait for the clock.
                app.logger.warning("letters wait: %s", error)

    return send


def _page_context() -> dict[str, object]:
    """What every template may use."""
    here = not g.get("records_away")
    try:
        area = current_area() if here else None
    except NotFound:
        area = None
    if area and area.basemap_url:
        parts = urlsplit(area.basemap_url)
        g.basemap_origin = f"{parts.scheme}://{parts.netloc}"
    return {
        "area": area,
        "csp_nonce": lambda: g.get("csp_nonce", ""),
        "language": str(get_locale() or "en"),
        "my_roles": access.area_roles() if here else set(),
    }


def _refused(error: PortalError) -> tuple[Response | str, int]:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    return _error_page(status, web.told(error), code=error.code)


def _http_error(
    error: HTTPException,
) -> tuple[Response | str, int] | Response | HTTPException:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error  # a redirect is no error
    # A page that was to say something else, and could not be made either.
    cause = getattr(error, "original_exception", None)
    if cause and (trouble := away.trouble_of(cause)):
        return _away(cause, trouble)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _error_page(status, limits.wait_words(error), code=str(status))
    return _error_page(
        status, _SENTENCES.get(status, lambda: error.description or "")(), code=str(status)
    )


def _broken(error: Exception) -> tuple[Response | str, int] | Response:
    if trouble := away.trouble_of(error):
        return _away(error, trouble)
    current_app.logger.error("this request failed", exc_info=error)
    db.session.rollback()
    return _error_page(
        500,
        gettext(
            "Something went wrong on our side. Nothing was half done. Try again in a minute; if it happens "
            "again, tell your broker the number %(number)s.",
            number=g.get("request_id", ""),
        ),
        code="broken",
    )


def _away(error: Exception, trouble: away.Trouble) -> Response:
    """The database or the disk will not: a page that asks neither, and work that goes on when they are back."""
    with suppress(Exception):
        db.session.rollback()
    g.pop("letters_written", None)
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - who somebody is stands in the database
    title, sentence, seconds, unsure = away.page_of(error, trouble)
    page, status = _error_page(503, sentence, code=trouble.name.lower(), title=title, unsure=unsure)
    answer = current_app.make_response((page, status))
    answer.headers["Retry-After"] = str(seconds)
    return answer


# Sentences for what Werkzeug and the limiter refuse by themselves.
_SENTENCES = {
    400: lambda: gettext(
        "Your browser sent something this page could not read. Go back and try again."
    ),
    404: lambda: gettext(
        "There is nothing at this address. Check it, or start from the first page."
    ),
    405: lambda: gettext(
        "This address cannot be used in that way. Go back and use the buttons on the page."
    ),
    413: lambda: gettext("That was too large. Send at most 2 megabytes."),
}
_TITLES = {
    400: lambda: gettext("We could not read that"),
    403: lambda: gettext("This is not open to you"),
    404: lambda: gettext("Page not found"),
    405: lambda: gettext("This page cannot be used like that"),
    409: lambda: gettext("That cannot be done now"),
    413: lambda: gettext("That was too large"),
    429: lambda: gettext("Please wait"),
}
# Where the reason says more than the number.
_TITLES_OF_CODES = {
    "signed-out": lambda: gettext("You are signed out"),
    "not-fresh": lambda: gettext("This page was open for too long"),
}


def _error_page(
    status: int, sentence: str, *, code: str, title: str | None = None, unsure: bool = False
) -> tuple[Response | str, int]:
    """One error, as a page or as problem+json (RFC 9457), with what the person had typed."""
    usual = _TITLES.get(status, lambda: gettext("Something went wrong"))
    title = title or _TITLES_OF_CODES.get(code, usual)()
    if wants_json():
        body = jsonify(type="about:blank", title=title, status=status, detail=sentence, code=code)
        body.mimetype = "application/problem+json"
        return body, status
    page = render_template(
        "errors/error.html",
        title=title,
        sentence=sentence,
        code=code,
        above=_above() if status == HTTPStatus.CONFLICT else "",
        typed=_typed(),
        unsure=unsure,
    )
    return page, status


def _above() -> str:
    """The nearest page above this address: there it stands how things are now. "" where there is none."""
    pages, path = current_app.create_url_adapter(request), request.path
    while pages and (path := path.rpartition("/")[0]):
        with suppress(HTTPException):
            pages.match(path, "GET")
            return path
    return ""


def _typed() -> list[tuple[str, str]]:
    """What the person had written; a body too large to read gives nothing."""
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return []
    tidy = ((web.stripped(name), web.stripped(value)) for name, value in sent)
    ticked = {"y": gettext("Yes")}
    return [
        (_readable(name), ticked.get(value, value))
        for name, value in tidy
        if name not in NOT_TYPED and value
    ]


def _readable(name: str) -> str:
    """The question that a field asked; before any form was made its name in words: first-day is "First: day"."""
    field, *part = name.split("-", 1)
    question = g.get("questions", {}).get(field) or field.replace("_", " ").capitalize()
    return ": ".join([str(question).removesuffix(":"), *part])


def wants_json() -> bool:
    """Whether this route, or this client, speaks JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    if request.path.endswith(web.FOR_PROGRAMS):
        # Files that people take away too: a browser names HTML, a program does not.
        return "text/html" not in request.accept_mimetypes.values()
    return request.path.endswith((".json", ".geojson")) or best == "application/json"
