"""The reader's words are looked up once for a request, and follow a language that is forced for a letter."""

from flask_babel import force_locale, gettext, lazy_gettext

from portal.web import EXPIRED


def test_a_language_that_is_forced_holds_for_python_and_templates_and_ends(app):
    show = app.jinja_env.from_string('{{ _("Find a room") }}').render
    later = lazy_gettext("Find a room")
    with app.test_request_context(headers={"Accept-Language": "cy"}):
        welsh = gettext("Find a room")
        assert welsh != "Find a room"
        assert show() == str(later) == welsh
        with force_locale("en"):
            assert show() == gettext("Find a room") == str(later) == "Find a room"
        assert show() == gettext("Find a room") == welsh


def test_two_requests_in_one_context_of_a_server_speak_two_languages(app, client):
    english = client.get("/sign-in", headers={"Accept-Language": "en"}).text
    welsh = client.get("/sign-in", headers={"Accept-Language": "cy"}).text
    assert 'lang="cy"' in welsh
    assert 'lang="en"' in english
    with app.test_request_context(headers={"Accept-Language": "cy"}):
        assert str(EXPIRED) not in english
