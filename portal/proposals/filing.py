"""What the files of a case are for, and who may see each kind. Pure."""

from enum import StrEnum

MOST_FILES = 20  # of the group with its proposal


class FileKind(StrEnum):
    """What a file shows."""

    EVIDENCE = "evidence"  # of the group, with its proposal
    SIGN = "sign"  # the site sign in its place
    HOLDER_EVIDENCE = "holder_evidence"
    PAPER_SIGNATURES = "paper_signatures"
    SPACE_NOTICE = "space_notice"
    MINUTES = "minutes"
    CONTRACTING_OUT = "contracting_out"
    CONDITION_BEFORE = "condition_before"
    CONDITION_AFTER = "condition_after"


# Anybody may open these once the case is public; the others are for the sides and the broker. Signatories' names
# are never public, so a scan of their signatures is not.
PUBLIC = frozenset(
    {
        FileKind.EVIDENCE,
        FileKind.SIGN,
        FileKind.HOLDER_EVIDENCE,
        FileKind.SPACE_NOTICE,
        FileKind.MINUTES,
        FileKind.CONDITION_BEFORE,
        FileKind.CONDITION_AFTER,
    }
)
# Of the private ones these are the broker's alone: neither side has to know who signed a petition.
BROKER_ONLY = frozenset({FileKind.PAPER_SIGNATURES})
