"""Which deed falls on which day of a walk: (working days after the first day, deed). Data only."""

from portal.walks import deeds as d

Script = tuple[tuple[int, d.Deed], ...]
# The pilot's test begins after so many working days, where the holder has answered; other rules wait longer.
TEST_AFTER = 30

OPENING: Script = (
    (0, d.declare),
    (0, d.lodge),
    (0, d.validate),
    (0, d.show_sign),
    (3, d.support),
    (8, d.oppose),
    (10, d.say_open_space),
)
HEARD: Script = ((22, d.answer), (28, d.name_alternative), (33, d.check))
AGREED: Script = (
    (42, d.draft),
    (43, d.accepts("rosa")),
    (43, d.accepts("officer")),
    (44, d.signs("rosa", "Rosa")),
    (45, d.signs("officer", "Officer")),
    (50, d.hand_over),
)
GRANTED: Script = (
    *HEARD,
    (34, d.scores("panel1")),
    (36, d.scores("panel2")),
    (37, d.scores("panel3")),
    (38, d.decide()),
    *AGREED,
)
REFUSED: Script = (
    *HEARD,
    (34, d.scores("panel1", little=True)),
    (36, d.scores("panel2", little=True)),
    (37, d.scores("panel3", little=True)),
    (38, d.refuse),
)
REVIEW: Script = (
    (45, d.ask_review),
    (55, d.scores("panel4")),
    (56, d.scores("panel5")),
    (57, d.scores("panel6")),
    (58, d.decide("chair2")),
)
# Nobody decided: the review is asked for after the six months.
REVIEW_OF_SILENCE: Script = (
    (135, d.ask_review),
    (140, d.check),
    (145, d.scores("panel4")),
    (146, d.scores("panel5")),
    (147, d.scores("panel6")),
    (148, d.decide("chair2")),
)
COMPETING: Script = (
    (5, d.rival_lodges),
    (46, d.check),
    (46, d.check_rival),
    *((47, d.scores(who, rival=rival)) for who in ("panel1", "panel2") for rival in (False, True)),
    (49, d.decide()),
    (50, d.refuse_rival),
)
# A building: interest and petition first; the hearing opens by itself; the holder and the panel say nothing.
BUILDING: Script = (
    (0, d.declare),
    (0, d.open_petition),
    (1, d.neighbours_sign(0, 30)),
    (4, d.lodge),
    (5, d.validate),
    (7, d.support),
    (9, d.oppose),
    (10, d.count_paper),
    (12, d.neighbours_sign(30, 60)),
    (48, d.set_hearing(12)),
    (61, d.record_hearing),
    (104, d.draft),
    (105, d.accepts("rosa")),
    (105, d.accepts("officer")),
    (116, d.contract_out),
    (117, d.signs("rosa", "Rosa")),
    (118, d.signs("officer", "Officer")),
    (119, d.take_deposit),
    (121, d.hand_over),
    (640, d.give_back),
    (641, d.settle_deposit),
)
