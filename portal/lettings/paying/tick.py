"""What the clock does with the money of lets. May run late, twice, or on two machines."""

from portal.lettings.paying import cards, deposits, rent


def tick() -> int:
    """Ask for rent, look after deposits, ask about cards; returns how many steps were taken."""
    return rent.tick() + deposits.tick() + cards.tick()
