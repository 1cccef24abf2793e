"""The account of an e-mail address: made by the first letter that is answered, role or key that asks for it, and once."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.people.models import User


def account_of(session: Session, email: str) -> User:
    """In the running transaction. Of two who make it at the same moment both get the same, locked against a third."""
    query = select(User).where(User.email == email).with_for_update(key_share=True)
    user = session.scalar(query)
    if user is not None:
        return user
    made = User(email=email, created_at=clock.now())
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return session.scalars(query).one()
    return made
