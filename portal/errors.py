"""The few ways in which the portal says no. Pure: every floor may raise them.

Sentences are English source text; the web layer translates them and fills in the values.
"""

from collections.abc import Mapping

# Marks a sentence for the translators where it is written down; whoever shows it translates it then.
N_ = str


class PortalError(Exception):
    """Something a person can be told in a sentence."""

    def __init__(self, code: str, sentence: str, **values: object) -> None:
        self.code = code
        self.sentence = sentence
        self.values: Mapping[str, object] = values
        super().__init__(code)

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


class RuleBroken(PortalError):
    """An action that the rules do not allow, now or at all."""


class NotFound(PortalError):
    """Nothing is there."""


class Forbidden(PortalError):
    """It is there, but not for this person."""


class BadInput(PortalError):
    """What came cannot be read: a file that is no table, a bbox that is no box."""
