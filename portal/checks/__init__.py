"""What is missing or unsafe about the way the portal is set up, in sentences for whoever runs it.

`settings` judges the settings by themselves (`portal run` refuses to start with unsafe ones), `around` looks at the
machine, Redis and the database.
"""

from portal.checks.around import of_surroundings
from portal.checks.finding import ADVICE, BROKEN, UNSAFE, WRONG, Finding
from portal.checks.settings import forbidding, of_settings

__all__ = [
    "ADVICE", "BROKEN", "UNSAFE", "WRONG", "Finding", "forbidding", "of_settings", "of_surroundings",
]  # fmt: skip
