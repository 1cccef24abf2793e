"""In by letter and out again: asking, the page that waits for the letter, the letter's link."""

import re

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.limits import limited
from portal.people import links, post, sessions
from portal.people.access import PUBLIC, allow, way_in
from portal.people.blueprint import bp, local
from portal.people.forms import LetterCodeForm, SignInForm
from portal.people.sessions import ASKED
from portal.web import EXPIRED, Form, attempt, render_form

WELL_MADE = re.compile(r"[\w-]{43}")


def this_browser() -> str:
    """What stands for this browser; "" where it has asked for no letter."""
    kept = session.get(ASKED, "")
    return kept if WELL_MADE.fullmatch(kept) else ""


def marked_browser() -> str:
    """The same, made if need be: two letters asked for in one browser both work in it."""
    session[ASKED] = this_browser() or links.new_token()
    return session[ASKED]


@bp.route("/sign-in", methods=["GET", "POST"])
@limited("sign-in")
@allow(PUBLIC)
def sign_in():
    form = SignInForm(next=local(request.args.get("next"), ""))
    if form.validate_on_submit():
        target = local(form.next.data, links.AFTER_SIGN_IN)
        browser = marked_browser()
        if attempt(form, links.ask_for_link, form.email.data, target, browser=browser):
            return redirect(url_for("people.waiting"))
    return render_form("people/sign_in.html", form)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@limited("code")
@allow(PUBLIC)
def waiting():
    """The page that waits for the letter; who reads it elsewhere types its code here."""
    form, browser = LetterCodeForm(), this_browser()
    if form.validate_on_submit():
        agent = request.user_agent.string
        if entered := attempt(form, sessions.enter_by_code, form.code.data, browser, agent):
            return _go_in(entered)
    return render_form(
        "people/waiting.html",
        form,
        link=links.waiting(browser),
        tries=links.tries_left(browser),
        minutes=int(links.LINK_LIVES.total_seconds() // 60),
        demo=current_app.config["DEMO"],
        desk=links.AFTER_SIGN_IN,
    )


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@limited("link")
@allow(PUBLIC)
def use_link(token: str):
    """The link opens a page with one button: mail scanners open links, but do not press buttons. In another browser than
    the one that asked, the button sends a letter for this one.
    """
    form, browser = Form(), this_browser()
    link = links.find_link(token)
    elsewhere = link is not None and not links.is_for(link, browser)
    if form.validate_on_submit():
        if elsewhere:
            if attempt(form, links.ask_again, token, browser=marked_browser()):
                return redirect(url_for("people.waiting"))
        elif entered := attempt(
            form, sessions.enter_by_link, token, browser, request.user_agent.string
        ):
            return _go_in(entered)
    return render_form(
        "people/use_link.html",
        form,
        link=links.find_link(token),
        elsewhere=elsewhere,
        desk=links.AFTER_SIGN_IN,
    )


@bp.post("/sign-out")
@allow(PUBLIC)
def sign_out():
    if Form().validate_on_submit():
        sessions.end_here()
        flash(_("You are signed out."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("home.first_page"))


def _go_in(entered: sessions.Entered):
    """On with a session of its own making: to where the person was going, or to the next step of the sign-in."""
    sessions.remember(entered.key)
    post.tell_returned()
    return redirect(
        way_in(entered.missing, entered.next_url) if entered.missing else entered.next_url
    )
