"""The register: proposals, petitions, hearings, agreements."""

from portal.errors import N_
from portal.privacy import terms
from portal.privacy.kept import Basis, Record, Then, Through, Topic

HISTORY = N_("It is part of the public record of a decision about public land.")
UPLOADED = N_(
    "It is part of the public record of a decision about public land. Names inside a file stay in it, also when somebody is "
    "erased: the portal cannot take them out."
)
OFFICE = N_("Everybody: who decides about public land does so in public")
ORGANISERS = N_("Organisers of a group")
STAFF = N_("Officers, brokers, panel members and chairs")
CONTRACT = N_(
    "It is part of a signed agreement, and needed to show what was agreed (UK GDPR article 17(3)(e))."
)
PARTIES = N_("The group, the holder and brokers")


def _office(table: str, what: str, why: str, **values: object) -> Record:
    """What somebody in office wrote about a case."""
    return Record(
        table, Topic.CASES, whose=STAFF, what=what, why=why, basis=Basis.TASK, seen=OFFICE, stays=HISTORY, **values
    )  # fmt: skip


def _contract(table: str, what: str, **values: object) -> Record:
    """What belongs to an agreement."""
    return Record(
        table, Topic.CASES, whose=N_("Those who sign an agreement"), what=what, why=N_("To show what was agreed"),
        basis=Basis.CONTRACT, seen=PARTIES, stays=CONTRACT, **values,
    )  # fmt: skip


CASES = (
    Record(
        "proposal", Topic.CASES, whose=ORGANISERS,
        what=N_("Who wrote a proposal, and what it says: who is responsible, who stands behind it"),
        why=N_("To decide about it"), basis=Basis.TASK, seen=N_("Everybody, once it is published; before that the group"),
        person="organiser_id", words="title use backing timescale costs insurance responsible safeguarding", keys="sign_token",
        stays=HISTORY,
    ),
    Record(
        "benefit", Topic.CASES, whose=ORGANISERS, what=N_("What a proposal would bring, and what shows it"),
        why=N_("To weigh it"), basis=Basis.TASK, seen=N_("Everybody, once the proposal is published"),
        words="gain evidence", through=(Through("proposal_id", "proposal"),), stays=HISTORY,
    ),
    Record(
        "written_section", Topic.CASES, whose=ORGANISERS, what=N_("Who wrote which part of a proposal last"),
        why=N_("So that two who write hear of each other"), basis=Basis.TASK, seen=N_("The group's organisers"),
        person="user_id", words="changed", stays=N_("It lasts as long as the proposal."),
    ),
    Record(
        "case_file", Topic.CASES, whose=N_("Whoever adds a file to a case"), what=N_("Photos, scans and documents, and who added them"),
        why=N_("To show what is said in a case"), basis=Basis.TASK, seen=N_("The parties; everybody, where the file is public"),
        person="user_id", words="name shows", files="data thumb", terms=(terms.DRAFTS,),
        stays=UPLOADED,
    ),
    Record(
        "case_event", Topic.CASES, whose=N_("Everybody who takes a step in a case"), what=N_("Steps of cases: who took which, when and why"),
        why=N_("To show how a decision came about"), basis=Basis.TASK, seen=N_("Everybody sees the steps; names only of those who act in office"),
        person="user_id", words="sentence why", stays=HISTORY,
    ),
    Record(
        "case_letter", Topic.CASES, whose=N_("The parties of a case"), what=N_("The text of a letter about a step"),
        why=N_("To have it again as a document"), basis=Basis.TASK, seen=PARTIES,
        words="said", through=(Through("event_id", "case_event"),), stays=HISTORY,
    ),
    Record(
        "representation", Topic.CASES, whose=N_("Neighbours who say something for or against a proposal"), what=N_("Words for or against a proposal: what they said, and their account"),
        why=N_("To weigh it"), basis=Basis.TASK, seen=N_("Everybody sees the words, nobody but the broker the name"),
        person="user_id", words="words answer hidden_why", stays=HISTORY,
    ),
    Record(
        "petition", Topic.CASES, whose=ORGANISERS, what=N_("Who opened a petition, and its words"),
        why=N_("To hold it"), basis=Basis.TASK, seen=N_("Everybody sees the words"),
        person="user_id", words="words counted", stays=HISTORY,
    ),
    Record(
        "petition_signature", Topic.CASES, whose=N_("Residents who sign a petition"), what=N_("Signatures of petitions: name, e-mail address, postcode"),
        why=N_("To count each resident once"), basis=Basis.TASK, seen=N_("Brokers; everybody sees how many signed"),
        person="email", acted="looked_by_id", holds="name postcode same_person token_hash", keys="same_person token_hash",
        terms=(terms.UNCONFIRMED_SIGNATURES, terms.SIGNATURES), erased=Then.EMPTIED,
    ),
    Record(
        "petition_paper", Topic.CASES, whose=N_("Brokers"), what=N_("Who counted signatures on paper; the scans are files of the case"),
        why=N_("To show how they were counted"), basis=Basis.TASK, seen=N_("Brokers"),
        acted="user_id", words="why", keys="sha256", terms=(terms.SIGNATURES,),
    ),
    Record(
        "hearing", Topic.CASES, whose=STAFF, what=N_("Who called a hearing, agenda and minutes"),
        why=N_("To hold it in public"), basis=Basis.TASK, seen=OFFICE,
        acted="set_by_id heard_by_id", words="place access_note remote_link phone_in agenda conditions minutes", stays=HISTORY,
    ),
    Record(
        "hearing_speaker", Topic.CASES, whose=N_("People who ask to speak at a hearing"), what=N_("Who speaks at a hearing: name, side, and what they need to take part"),
        why=N_("To give everybody their turn, and a place they can use"), basis=Basis.CONSENT, seen=N_("The chair and brokers"),
        person="user_id", holds="name needs", special=True, terms=(terms.SPEAKERS,), erased=Then.DELETED,
    ),
    _office("holder_response", N_("The holder's answer, and the officer and post that give it"), N_("To know who answers for it"),
            person="user_id", words="officer post evidence name use budget_line document"),
    _office("decision", N_("Who decided, with reasons"), N_("A decision about public land has somebody who made it"),
            person="user_id", words="reasons evidence result"),
    _office("capacity_check", N_("Who looked at what a group can do, and what was found"), N_("To show how a case was tested"), person="user_id", words="evidence"),
    _office("score", N_("A panel member's points and reasons"), N_("To show how a case was tested"), person="user_id", words="reason"),
    _office("summing_up", N_("What the chair said of the result"), N_("To show how a case was tested"), person="user_id", words="words"),
    _office("space_notice", N_("Who recorded a notice in a newspaper"), N_("The law asks for the notice"), acted="user_id", words="newspaper"),
    _office("extension", N_("Who asked for more time, and why"), N_("To show why a case took longer"), person="user_id", words="why"),
    Record(
        "score_draft", Topic.CASES, whose=N_("Panel members"), what=N_("Points and reasons that are not sent yet"),
        why=N_("To go on later"), basis=Basis.TASK, seen=N_("The panel member alone"),
        person="user_id", words="said", terms=(terms.SCORE_DRAFTS,), erased=Then.DELETED,
    ),
    _contract("agreement", N_("Who drafted an agreement"), acted="user_id"),
    _contract("agreement_term", N_("Who proposed which term"), acted="user_id", words="value", frozen=True),
    _contract("term_acceptance", N_("Who accepted which term"), acted="user_id"),
    _contract("agreement_paper", N_("The signed document, with the names of those who signed"), keys="sha256", files="data", frozen=True),
    _contract("signature", N_("Signatures of agreements: name, position, time and the document's fingerprint"),
              person="user_id", holds="name position", keys="sha256", erased=Then.EMPTIED),
    _contract("contracting_out", N_("Who declared that security of tenure was contracted out"), acted="user_id", words="declared_by"),
    _contract("place_condition", N_("How a place was when it was handed over or given back"), acted="user_id", words="words keys meters"),
    _contract("deposit_claim", N_("Why a part of a deposit is to be kept, and the answer"), acted="user_id", words="why evidence answer"),
)  # fmt: skip
