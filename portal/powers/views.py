"""Pages: the guide to the powers, each power's own page, and what fits on an asset's page."""

from itertools import groupby

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from portal import clock
from portal.areas.queries import current_area
from portal.errors import NotFound
from portal.people.access import PUBLIC, allow
from portal.powers import rules, words
from portal.powers.forms import GuideForm
from portal.register.doors import aside
from portal.register.forms import KINDS
from portal.register.models import Asset
from portal.web import render_form

bp = Blueprint("powers", __name__)
bp.add_app_template_filter(words.nations_of)


@bp.get("/powers")
@allow(PUBLIC)
def guide():
    """All powers that fit what was asked, under what each is good for."""
    form = GuideForm(current_area())
    found = rules.fitting(rules.guide().values(), **form.asked())
    groups = [(words.PURPOSE[key], list(of)) for key, of in groupby(found, lambda p: p.purpose)]
    return render_form(
        "powers/guide.html",
        form,
        groups=groups,
        number=len(found),
        tell_nations=form.asked()["nation"] is None,
    )


@bp.get("/powers/<power_id>")
@allow(PUBLIC)
def one(power_id: str):
    power = rules.guide().get(power_id)
    if power is None:
        raise NotFound("no-power", "The guide has no such page.")
    return render_template(
        "powers/one.html",
        power=power,
        is_old=rules.is_old(power, clock.today()),
        kinds=[name for kind, name in KINDS.items() if kind in power.kinds],
        holders=[name for holder, name in words.HOLDER.items() if holder in power.holders]
        if len(power.holders) < len(words.HOLDER)
        else [],
    )


@aside
def fitting_here(asset: Asset) -> Markup | None:
    """On a place's page, folded away: what its holder and the council may do with it."""
    area = current_area()
    found = rules.fitting(
        rules.guide().values(),
        asset.kind,
        asset.status,
        asset.holder.kind,
        area.nation,
        asset.land_m2,
    )
    if not found:
        return None
    more = url_for("powers.guide", nation=area.nation.value, kind=asset.kind.value)
    return Markup(render_template("powers/_aside.html", powers=found, more=more))  # noqa: S704 - a template of ours
