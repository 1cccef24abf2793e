"""What a room may have in it that a group can ask for: a closed list, so that a wish and a room speak of the same thing.

A room has a facility when its word is among the room's `facilities`; a word that is not there says nothing was found or
nobody looked, and a wish for it is not met.
"""

from flask_babel import lazy_gettext as _l

# Words to keep in the database, with what people read.
FACILITIES = {
    "tables": _l("Tables and chairs"),
    "kitchen": _l("Somewhere to make tea"),
    "screen": _l("Screen or projector"),
    "wifi": _l("Wi-fi"),
    "piano": _l("Piano"),
    "sports": _l("Floor for dancing and exercise"),
    "storage": _l("Somewhere to keep things between meetings"),
    "private": _l("Nobody can look in"),
}
