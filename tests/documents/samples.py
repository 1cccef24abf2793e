"""One of each document, as the portal would ask for it."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from portal.documents.drawings import Drawing, mark, photo, qr
from portal.pictures import repainted

MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ADDRESS = "https://gwynfa.meanwhile.example/s/7KQ2"
LEAF = "M12 2C7 6 4 10 4 14a8 8 0 0 0 16 0c0-4-3-8-8-12zm0 5v13"
HOUSE = {
    "area": "Cyngor Gwynfa Council",
    "product": "Meanwhile · Yn y cyfamser",
    "colour": "#1d5c4d",
    "mark": mark(LEAF),
}
PAGE = "Page {page} of {pages}"


def a_photo(alt: str = "A brick wall with a closed gate") -> Drawing:
    out = BytesIO()
    Image.linear_gradient("L").resize((640, 420)).convert("RGB").save(out, "JPEG")
    picture = repainted(out.getvalue())
    return photo(picture.webp, (picture.width, picture.height), alt)


def sign(**changes) -> dict:
    english = {
        "lang": "en",
        "kicker": "Public notice",
        "headline": "Neighbours want to grow food here",
        "words": [
            (
                "Tir Glas Growers ask to use this empty land as a community garden for three years. "
                "Say what you think: for, against, or a question."
            )
        ],
        "facts": [("Place", "Land at Mill Lane, Gwynfa"), ("Speak by", "Friday 18 December 2026")],
        "scan": "Scan the code with a phone, or go to",
    }
    welsh = {
        "lang": "cy",
        "kicker": "Hysbysiad cyhoeddus",
        "headline": "Mae cymdogion am dyfu bwyd yma",
        "words": [
            (
                "Mae Tyfwyr Tir Glas yn gofyn am gael defnyddio'r tir gwag hwn fel gardd gymunedol am "
                "dair blynedd. Dywedwch eich barn: o blaid, yn erbyn, neu gwestiwn."
            )
        ],
        "facts": [("Lle", "Tir yn Lôn y Felin, Gwynfa"), ("Erbyn", "Dydd Gwener 18 Rhagfyr 2026")],
        "scan": "Sganiwch y cod â ffôn, neu ewch i",
    }
    data = HOUSE | {
        "title": "Site sign: land at Mill Lane",
        "blocks": [english, welsh],
        "qr": qr(ADDRESS, "QR code: opens the page of this case"),
        "short": "gwynfa.meanwhile.example/s/7KQ2",
        "small": ["Put up by Tir Glas Growers on 20 November 2026.", "Case GW-2026-014"],
    }
    return data | changes


def letter(**changes) -> dict:
    criteria = [
        ["Regeneration", "3 of 4", "1 of 4"],
        ["Public health", "3 of 4", "0 of 4"],
        ["Social wellbeing", "4 of 4", "1 of 4"],
        ["Environmental wellbeing", "3 of 4", "2 of 4"],
    ]
    data = HOUSE | {
        "title": "Decision on GW-2026-014: granted",
        "sender": ["Community Assets Team", "Neuadd y Dref, Gwynfa GW1 1AA", "compact@gwynfa.example"],
        "to": ["Tir Glas Growers", "c/o Siân Ŵyn", "12 Stryd yr Eglwys", "Gwynfa GW1 4TT"],
        "facts": [("Date", "21 November 2026"), ("Case", "GW-2026-014"), ("Place", "Land at Mill Lane")],
        "subject": "You may use the land at Mill Lane",
        "parts": [
            {"kind": "text", "paragraphs": [
                "Dear Siân Ŵyn,",
                ("The panel has decided that Tir Glas Growers may use the land at Mill Lane as a community "
                "garden for three years from 1 March 2027. This letter says why, and what happens next."),
            ]},
            {"kind": "table", "heading": "How the two uses compare",
             "columns": ["What is weighed", "Your garden", "The holder's plan"], "rows": criteria,
             "note": "The middle score of five panel members. A tie goes to the community."},
            {"kind": "clause", "heading": "The rule", "clause": "Clause 5.1 of the Gwynfa Compact",
             "text": "The holder must agree to the request unless there are reasonable grounds for refusing it."},
            {"kind": "dates", "heading": "Days that count", "dates": [
                {"what": "The agreement is signed by", "day": "Monday 21 December 2026",
                 "how": "20 working days; day 1 is Monday 23 November 2026."},
                {"what": "You may ask for a review until", "day": "Monday 21 December 2026",
                 "how": "20 working days from the day of this decision."},
            ]},
            {"kind": "steps", "heading": "What you can do now", "steps": [
                "Read the heads of terms on the page of your case.",
                "Say yes to each term, or write what you would change.",
                "Ask the broker, Bethan Rees, if anything is not clear.",
            ]},
        ],
        "closing": ["Yours sincerely,", "Mair Pugh", "Chair of the panel"],
        "reference": "GW-2026-014 · Decision",
        "page": PAGE,
    }  # fmt: skip
    return data | changes


def agreement(**changes) -> dict:
    clauses = [
        {"heading": "The land", "paragraphs": [
            "The holder lets the group use the land shown on the plan in Schedule 1.",
            "The group takes the land as it is described in Schedule 2."]},
        {"heading": "How long", "paragraphs": [
            "The group may use the land from 1 March 2027 until 28 February 2030.",
            "The holder may end this agreement with three months' notice after month six; the group with one month's."]},
        {"heading": "Rent", "paragraphs": ["The rent is one peppercorn a year, if asked for."]},
        {"heading": "What grows here", "paragraphs": [
            "What the group plants is the group's. It may take the last harvest, up to three months after the end."]},
    ]  # fmt: skip
    signed = [
        ("Name", "Siân Ŵyn"), ("Role", "Chair"), ("Time", "21 November 2026, 10:42 GMT"),
        ("Hash of what was signed", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ]  # fmt: skip
    data = HOUSE | {
        "title": "Heads of terms for a Meanwhile Use lease",
        "banner": "Subject to contract and without prejudice",
        "opening": ["These are the terms that both sides mean to put into a lease. They bind nobody yet."],
        "parties_heading": "Who agrees",
        "parties": [
            {"role": "The holder", "name": "Cyngor Gwynfa Council", "lines": ["Neuadd y Dref", "Gwynfa GW1 1AA"]},
            {"role": "The group", "name": "Tir Glas Growers CIC", "lines": ["12 Stryd yr Eglwys", "Gwynfa GW1 4TT"]},
        ],
        "facts_heading": "At a glance",
        "facts": [("Land", "Land at Mill Lane, 0.42 hectares"), ("Term", "36 months"), ("Rent", "A peppercorn")],
        "clauses": clauses,
        "schedules": [
            {"heading": "Schedule 1: condition on 20 November 2026", "parts": [
                {"kind": "table", "columns": ["Part", "Condition", "Photo"],
                 "rows": [["Gate", "Rusted, opens", "1"], ["North wall", "Sound", "2"]]},
                {"kind": "pictures", "heading": "Photos",
                 "pictures": [(a_photo(), "1. The gate"), (a_photo(), "2. The north wall")]},
            ]},
        ],
        "signatures_heading": "Signed",
        "signatures_opening": ["Each side signs the same document; the hash shows that nothing was changed."],
        "signatures": [
            {"party": "For Tir Glas Growers CIC", "facts": signed},
            {"party": "For Cyngor Gwynfa Council", "facts": [(label, "") for label, _ in signed]},
        ],
        "reference": "GW-2026-014 · Heads of terms, version 3",
        "page": PAGE,
    }  # fmt: skip
    return data | changes
