"""Pages: the deposit of a case paid by card."""

from flask_babel import gettext as _

from portal.agreements import cards, queries
from portal.agreements.blueprint import bp
from portal.money import card_pages
from portal.people.access import SIGNED_IN, allow
from portal.people.queries import me


@bp.post("/cases/<int:case_id>/card")
@allow(SIGNED_IN)
def begin_card(case_id: int):
    """Begin to pay the deposit; the next page leads on to the provider."""
    case, _agreement = queries.for_insider(case_id, me())
    by = me().id
    return card_pages.begin(cards.path(case), lambda: cards.start(by, case_id))


@bp.get("/cases/<int:case_id>/card/<int:payment_id>")
@allow(SIGNED_IN)
def card(case_id: int, payment_id: int):
    """How a payment by card stands: before it, and when the payer comes back."""
    case, _agreement = queries.for_insider(case_id, me())
    return card_pages.show(cards.path(case), payment_id, _("Back to the case"))
