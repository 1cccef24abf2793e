"""What the clock does with the money of lets. May run late, twice, or on two machines."""

from portal.lettings.paying import deposits, rent


def tick() -> int:
    """Ask for rent, look after deposits; returns how many steps were taken."""
    return rent.tick() + deposits.tick()
