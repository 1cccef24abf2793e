"""The register of personal data: what is held, whose, why, on what ground, who sees it, how long, and what happens then.

The privacy page, the job that forgets, a person's export and erasure, docs/privacy.md and the tests read this one place.
"""

from portal.privacy.kept import Record, Term
from portal.privacy.records_cases import CASES
from portal.privacy.records_people import PEOPLE
from portal.privacy.records_rooms import ROOMS

RECORDS: tuple[Record, ...] = PEOPLE + CASES + ROOMS
BY_TABLE = {record.table: record for record in RECORDS}

# Columns of text or bytes, or of an account's key, that say nothing about a person. A test asks for every other one.
NOT_PERSONAL = {
    "agreement": "told_end told_break",
    "agreement_paper": "mime",
    "agreement_term": "key",
    "area": "slug name product_name mark colour basemap_url basemap_attribution data_attribution profile resolution_reference population_source",
    "asset": "code uprn name street_number street town postcode tenure tenure_detail use_detail energy_rating public_hours hire_hours hours_text "
    "facilities withheld_why words name_key",
    "audit_entry": "role act kind",
    "benefit": "criterion",
    "blocking": "days",
    "capacity_check": "item",
    "card_payment": "path",
    "case_event": "clause",
    "case_file": "mime",
    "charge": "key about path",
    "deadline": "period",
    "decision": "ground resolution_reference",
    "deposit": "about path receipt",
    "extension": "period",
    "fact": "name source",
    "hearing": "uid access",
    "holder": "name uri",
    "holder_response": "ground",
    "holder_term": "name",
    "keyholder": "days",
    "last_run": "what",
    "let_event": "clause",
    "letter": "language",
    "mailbox": "language",
    "need": "other_days facilities without",
    "ownership_answer": "title_number",
    "ownership_event": "clause",
    "ownership_question": "address profile",
    "postcode": "code",
    "proposal": "profile",
    "score": "criterion",
    "source": "label",
    "standing_approval": "days kinds",
    "stop": "code name",
    "uprn": "uprn",
    "visit_count": "endpoint",
    "ward": "code name",
    "written_section": "section",
}


def terms() -> list[Term]:
    """Every period there is, each once."""
    return list(dict.fromkeys(term for record in RECORDS for term in record.terms))
