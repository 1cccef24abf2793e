"""Single dates of a let: left out, moved, given back, waited for, and whether the group came."""
