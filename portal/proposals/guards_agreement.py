"""What must be so before a step of the agreement is taken, from its heads of terms to the return. Pure."""

from portal.errors import N_
from portal.people.rules import Role
from portal.proposals.guards import Guard

term_is_allowed = Guard(
    "term-too-long",
    N_("The term must be at least one month, and for this kind of place at most %(most)s months."),
    lambda f: 0 < f.term <= f.longest_term,
    about_input=True,
    values=lambda f: {"most": f.longest_term},
)
nobody_has_signed = Guard(
    "already-signed",
    N_("One side has signed this text, so it cannot change any more."),
    lambda f: not f.signed,
)
this_side_has_not_signed = Guard(
    "side-signed", N_("Your side has already signed."), lambda f: f.signs_as not in f.signed
)
signer_is_named = Guard(
    "no-name", N_("Write your name to sign."), lambda f: bool(f.signer), about_input=True
)
text_is_the_one_shown = Guard(
    "text-changed",
    N_("The text was changed after you opened this page. Read it again before you sign."),
    lambda f: f.shown_hash == f.text_hash,
    about_input=True,
)
both_have_signed = Guard(
    "unsigned",
    N_("Both sides must have signed first."),
    lambda f: {Role.ORGANISER, Role.OFFICER} <= set(f.signed),
)
terms_wait_for_me = Guard(
    "nothing-to-accept",
    N_("There is nothing new for your side to accept."),
    lambda f: f.terms_open_to_me,
)
terms_are_agreed = Guard(
    "terms-open",
    N_("Both sides must have accepted every term first."),
    lambda f: f.terms_agreed,
)
contracting_out_is_wanted = Guard(
    "no-contracting-out",
    N_("This agreement needs no contracting out, or it is on record already."),
    lambda f: f.contracting_out_missing,
)
tenure_is_contracted_out = Guard(
    "contracting-out",
    N_(
        "A lease of more than six months needs evidence first that security of tenure was contracted out."
    ),
    lambda f: not f.contracting_out_missing,
)
may_be_signed_today = Guard(
    "warning-period",
    N_(
        "The warning notice has to be served 14 whole days before the lease is signed. It can be signed from %(day)s on."
    ),
    lambda f: f.sign_from is None or f.today >= f.sign_from,
    values=lambda f: {"day": f.sign_from},
)
deposit_is_open = Guard("no-deposit", N_("No deposit is waited for."), lambda f: f.deposit_open)
card_has_paid = Guard("not-paid", N_("The card has not paid."), lambda f: f.paid_by_card)
deposit_is_not_open = Guard(
    "deposit-due",
    N_("The deposit must be with the broker first, or be waived."),
    lambda f: not f.deposit_open,
)
deposit_is_held = Guard(
    "deposit-not-held", N_("No deposit is held for this case."), lambda f: f.deposit_held
)
deposit_is_not_claimed = Guard(
    "deposit-claimed",
    N_("The group has been told already what is to be kept."),
    lambda f: not f.deposit_claimed,
)
claim_is_unanswered = Guard(
    "no-claim", N_("There is nothing about the deposit to answer."), lambda f: f.claim_unanswered
)
group_was_heard = Guard(
    "claim-waits",
    N_("The group has 10 working days to answer what is to be kept of its deposit."),
    lambda f: not f.claim_waits,
)
is_a_renewal = Guard("no-renewal", N_("No renewal is under way."), lambda f: f.renewing)
is_no_renewal = Guard("renewal", N_("This is a renewal."), lambda f: not f.renewing)
group_has_not_signed = Guard(
    "group-signed", N_("The group has signed."), lambda f: Role.ORGANISER not in f.signed
)
no_notice_was_given = Guard(
    "notice-given", N_("Notice has been given already."), lambda f: not f.notice_given
)
notice_may_be_given = Guard(
    "notice-later",
    N_("Your side can give notice from %(day)s on, not before."),
    lambda f: f.notice_from is None or f.today >= f.notice_from,
    values=lambda f: {"day": f.notice_from},
)
