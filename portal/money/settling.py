"""How a payment by card ends, whatever it is for: the wing on whose page it was begun books it.

A wing says `@books("lets")` before a function that books a payment begun on /lets/..., so that money knows no wing.
"""

from collections.abc import Callable

from flask import current_app
from sqlalchemy import select

from portal.db import db
from portal.errors import NotFound
from portal.money import cards
from portal.money.govuk_pay import Answer, Refused, Unreachable
from portal.money.models import CardPayment

# With the number of the page, the payment's, and what the provider says of it. Owns its transaction.
Book = Callable[[int, int, Answer], object]
_books: dict[str, Book] = {}


def books(pages: str) -> Callable[[Book], Book]:
    """Register who books the payments of pages whose address begins so."""

    def register(book: Book) -> Book:
        _books[pages] = book
        return book

    return register


def payment_of(path: str, payment_id: int) -> CardPayment:
    """A payment that was begun on that page. Raises NotFound."""
    found = db.session.get(CardPayment, payment_id)
    if found is None or found.path != path:
        raise NotFound("no-payment", "There is no such payment here.")
    return found


def settle(payment_id: int) -> Answer | None:
    """Ask how a payment stands and write down its end; what was answered, None where nothing had to be asked.

    The page that the payer comes back to, the clock and the provider's own message meet here: the money is booked once.
    """
    payment = db.session.get_one(CardPayment, payment_id)
    _, pages, number = payment.path.split("/")
    answer = cards.asked(payment)
    if answer is not None:
        _books[pages](int(number), payment_id, answer)
    return answer


def hear(provider_id: str) -> None:
    """The provider says that something happened to a payment: ask it what. Unknown ones are somebody else's."""
    found = db.session.scalar(select(CardPayment.id).where(CardPayment.provider_id == provider_id))
    if found is not None:
        settle(found)


def tick() -> int:
    """Ask again about payments whose payer never came back, and send what goes back; returns how many."""
    done = 0
    for payment_id in cards.open_payments():
        try:
            cards.forget(payment_id)
            answer = settle(payment_id)
            done += int(answer is not None)
        except (Unreachable, Refused):
            continue
        except Exception:  # one broken payment must not hold up the others
            current_app.logger.exception("tick: card payment %s", payment_id)
    return done + cards.send_refunds()
