"""The register: rooms for groups, and money."""

from portal.errors import N_
from portal.privacy import terms
from portal.privacy.kept import Basis, Record, Then, Through, Topic

BOOKS = N_(
    "The books are kept whole for six years and longer, and never changed: the law asks for it (UK GDPR article 17(3)(b))."
)
VENUE = N_("The group's organisers, brokers, and the venue")
THE_VENUE = N_("Those who run the venue, and brokers")
HOLDERS = N_("People who run a venue")
MEETING = N_("Organisers of a group, and who meets in it")


def _room(table: str, what: str, why: str, **values: object) -> Record:
    """What a group asks for and gets: who meets where and when."""
    return Record(
        table, Topic.ROOMS, whose=MEETING, what=what, why=why, basis=Basis.CONTRACT, seen=VENUE, special=True, **values
    )  # fmt: skip


def _venue(table: str, what: str, why: str, **values: object) -> Record:
    """What a venue's people write down."""
    return Record(
        table, Topic.ROOMS, whose=HOLDERS, what=what, why=why, basis=Basis.TASK, seen=THE_VENUE, **values
    )  # fmt: skip


def _books(table: str, what: str, **values: object) -> Record:
    """What the books say of people: the number of their account."""
    return Record(
        table, Topic.MONEY, whose=N_("Whoever pays, and who took it"), what=what, why=N_("To keep the books"),
        basis=Basis.LEGAL, seen=N_("Brokers; a group sees its own"), stays=BOOKS, **values,
    )  # fmt: skip


ROOMS = (
    _room("need", N_("What a group needs: days, hours, people, access, where, in its own words"), N_("To find a room that fits"),
          words="near words", terms=(terms.NEEDS, terms.LET_NOTES, terms.WAITING),
          through=(Through("id", "room_let", "need_id"), Through("id", "saved_need", "need_id"),
                   Through("id", "waiting", "need_id"), Through("id", "round_request", "need_id"))),
    _room("saved_need", N_("A need that is kept, so that the portal writes when a room comes free"), N_("To write then"),
          person="user_id", keys="token", words="looked", terms=(terms.SAVED_NEEDS,), erased=Then.DELETED),
    _room("room_let", N_("Who asked for which room"), N_("To let the room"), person="asked_by_id", words="waiver", terms=(terms.LET_NOTES,),
          stays=N_("That a room was let belongs to its history. The group's name is shown to nobody else.")),
    _room("let_event", N_("Who took which step of a let, when and why"), N_("To show what was agreed"),
          person="user_id", words="why", terms=(terms.LET_NOTES,), stays=N_("The steps of a let belong to its history; what was written with them goes.")),
    _room("occurrence", N_("Whether a group met, and how many came"), N_("To see that rooms are used"), holds="people_came", terms=(terms.ATTENDANCE,)),
    _room("waiting", N_("Who waits for a room"), N_("To offer dates that come free"), person="user_id", terms=(terms.WAITING,),
          stays=N_("Dates that were offered to a group stay in the room's history.")),
    _room("round_request", N_("Who asked for a room in a round"), N_("To share rooms out fairly"), person="user_id",
          stays=N_("How rooms were shared out must stay open to be checked.")),
    _room("calendar_key", N_("The key of somebody's own calendar"), N_("To show their dates in their calendar"),
          person="user_id", keys="key_hash", erased=Then.DELETED, stays=N_("It lasts until its owner takes it back.")),
    Record(
        "key_loan", Topic.ROOMS, whose=N_("Whoever has a key"), what=N_("Who has which key until when"),
        why=N_("To get it back"), basis=Basis.CONTRACT, seen=VENUE, acted="out_by_id back_by_id",
        holds="holder_name", words="what holder_name", special=True, terms=(terms.KEYS,),
    ),
    Record(
        "keyholder", Topic.ROOMS, whose=N_("People who open a room"), what=N_("Who opens a room: name, e-mail address, telephone number, days"),
        why=N_("So that a group gets in"), basis=Basis.TASK, seen=THE_VENUE,
        person="user_id email", holds="name phone", terms=(terms.KEYHOLDERS,), erased=Then.EMPTIED,
    ),
    _venue("entry_note", N_("How one gets in"), N_("So that a group gets in"), acted="written_by_id", words="words", terms=(terms.WAY_IN,)),
    _venue("evidence_seen", N_("Which paper of a group was seen, and by whom"), N_("To see that a use is insured and safe"),
           acted="seen_by_id", words="what", terms=(terms.PAPERS,)),
    _venue("standing_approval", N_("Who agreed to what in advance"), N_("To answer requests at once"), acted="made_by_id ended_by_id",
           stays=N_("It shows why a request was approved.")),
    _venue("blocking", N_("Who kept a room free, and why"), N_("To keep a room for its own use"), acted="made_by_id lifted_by_id", words="why",
           stays=N_("It shows why a room was not free.")),
    _venue("closure", N_("Who closed a place, and why"), N_("To tell groups"), acted="made_by_id", words="why",
           stays=N_("It shows why a room was not free.")),
    _venue("round", N_("Who opened a round"), N_("To share rooms out fairly"), acted="made_by_id", words="name",
           stays=N_("How rooms were shared out must stay open to be checked.")),
    _books("posting", N_("Who wrote an entry, and what for"), acted="user_id", words="what", frozen=True),
    _books("card_payment", N_("Who paid by card, and the payment's number; never the card"), person="user_id", words="said", keys="token provider_id"),
    _books("card_refund", N_("What the card's provider said of a refund"), words="said", keys="provider_id"),
    _books("deposit", N_("Who promised or left a deposit, why it was waived or kept"), words="waived_why pledged_by retained_why evidence"),
    _books("retention", N_("Why a part of a deposit is to be kept, and the answer"), acted="user_id", words="why evidence answer"),
    _books("charge", N_("What a group is asked to pay for"), words="words"),
)  # fmt: skip
