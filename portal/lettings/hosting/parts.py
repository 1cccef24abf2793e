"""What a let's page says of the way in, keys and papers, to each side what it may know."""

from flask import render_template
from markupsafe import Markup

from portal import clock
from portal.lettings.doors import part
from portal.lettings.hosting import entry, evidence, forms, keys, words
from portal.lettings.hosting.access import RUNS
from portal.lettings.models import Let
from portal.lettings.rules import LIVE
from portal.lettings.words import local
from portal.people.models import User
from portal.people.rules import Role


@part
def way_in(let: Let, user: User, roles: set[Role]) -> Markup | None:
    """For the group: where it reads how to get in, or from when."""
    if let.state not in entry.GO_IN:
        return None
    opens_at = entry.opens_at(let, clock.now())
    return _drawn(
        "_way_in.html",
        let=let,
        is_open=bool(entry.may_read(let, user, roles)),
        opens_at=local(opens_at) if opens_at else "",
        for_group=Role.ORGANISER in roles,
    )


@part
def keys_out(let: Let, user: User, roles: set[Role]) -> Markup | None:  # noqa: ARG001 - what a part is given
    """Keys that are out; for staff also the form that gives one out, filled in."""
    loans, staff = keys.of_let(let.id), keys.keeps_keys(user, let)
    may_give = staff and let.state in entry.GO_IN
    if not loans and not may_give:
        return None
    return _drawn(
        "_keys.html",
        let=let,
        loans=loans,
        staff=staff,
        form=forms.KeyForm(formdata=None, **keys.suggested(let, loans)) if may_give else None,
        is_overdue=keys.is_overdue,
    )


@part
def papers(let: Let, user: User, roles: set[Role]) -> Markup | None:  # noqa: ARG001 - what a part is given
    """What somebody has seen of the group's papers, and what nobody has."""
    rows = evidence.of_group(let.group_id)
    if not rows and let.state not in LIVE:
        return None
    return _drawn(
        "_papers.html",
        let=let,
        papers=[(words.PAPERS[row.kind], words.seen(row)) for row in rows.values()],
        lacking=[words.NOT_SEEN[paper] for paper in evidence.lacking(let)],
        may_write=bool(roles & RUNS),
        may_say=evidence.may_say(let, roles),
    )


def _drawn(template: str, **shown: object) -> Markup:
    return Markup(render_template(f"lettings/hosting/{template}", **shown))  # noqa: S704 - a template of ours
