"""What the rules add to a case's page: a way to the very version that the case goes by."""

from flask import render_template
from markupsafe import Markup

from portal.people.models import User
from portal.proposals.doors import part
from portal.proposals.models import Proposal
from portal.proposals.standing import profile_of


@part
def rules_of(case: Proposal, _user: User | None) -> Markup:
    """The link to the rules of this case."""
    return Markup(render_template("policy/_of_case.html", profile=profile_of(case)))  # noqa: S704 - a template's own output
