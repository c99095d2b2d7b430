"""Who may do what, to whose clients: the matrix of docs/subjects/access.md a second time, written by hand.

The tests never import the first one to expect something of it, so that a wrong entry there is found here.
"""

ROLES = ("owner", "manager", "supervisor", "entire", "fulllist", "kim", "basic", "biller", "scheduler")
"""The cast, one a role: Dr Kim is the clinician with billing."""

AUTHORS = {"message:own", "treats:see", "treats:edit"}
"""What no role gives alone: whoever wrote a message may; and an owner sees diagnoses of clients they treat, none here."""

WHISPERED = "Quietlysaid"
CONFIDANTS = {"supervisor", "fulllist", "kim", "basic"}
"""What Mia says in confidence, and who may read it: those who treat her, and who supervises one of them."""

TABLE = """
                           owner manager supervisor entire fulllist kim basic biller scheduler

client:list                all   all     supervised all    all      own own   all    all
client:open                all   all     supervised all    own      own own   all    all
client:create              all   all     -          all    all      all all   -      all
client:edit                all   all     -          all    own      own own   -      -
contact:edit               all   all     -          all    own      own own   all    all
client:assign              all   all     -          all    own      own own   -      all
people:merge               all   all     -          all    own      own own   -      -
client:close               all   all     -          own    own      own own   -      -
emergency:open             all   -       -          -      -        -   -     -      -

who_pays:change            all   all     -          all    own      own -     all    -

calendar:see               all   all     supervised all    all      all all   all    all
calendar:names             all   all     supervised all    all      own own   all    all
calendar:edit              all   all     -          all    own      own own   -      all

amounts:see                all   all     -          all    own      own -     all    -
amounts:see_due_on_appointment
                           all   all     -          all    own      own -     all    all
invoice:create             all   all     -          all    own      own -     all    -
invoice:void               all   all     -          all    own      own -     all    -
invoice:readdress          all   all     -          all    own      own -     all    -
invoice:send               all   all     -          all    own      own -     all    -
document:make              all   all     -          all    own      own -     all    -
document:send              all   all     -          all    own      own -     all    -
write_off:add              all   all     -          all    own      own -     all    -
payment:add                all   all     -          all    own      own -     all    all
payment:reverse            all   all     -          all    -        -   -     all    -
payment:refund             all   all     -          all    -        -   -     all    -
run:void                   all   all     -          all    -        -   -     all    -
period:close               all   all     -          all    -        -   -     all    -
period:reopen              all   -       -          -      -        -   -     -      -
journal:see                all   all     -          all    own      own -     all    -

clinical:see               own   -       supervised all    own      own own   -      -
diagnosis:see              own   -       supervised all    own      own own   all    -
diagnosis:edit             own   -       -          all    own      own own   -      -
treats:see                 -     -       supervised all    own      own own   -      -
treats:edit                -     -       -          all    own      own own   -      -
messages:see               all   all     supervised all    own      own own   all    all
messages:send              all   all     supervised all    own      own own   all    all
message:own                -     -       -          -      -        own -     -      -
reports:see                all   all     supervised own    own      own own   all    all

settings:practice          all   all     -          -      -        -   -     -      -
settings:billing           all   all     -          -      -        -   -     all    -
team:manage                all   all     -          -      -        -   -     -      -
team:owner                 all   -       -          -      -        -   -     -      -
data:import                all   all     -          -      -        -   -     -      -
data:export                all   all     -          -      -        -   -     -      -
token:own                  all   all     all        all    all      all all   all    all
account:own                all   all     all        all    all      all all   all    all
audit:all                  all   all     -          -      -        -   -     -      -
audit:own                  all   all     all        all    all      all all   all    all
"""

SEEN = """
                           owner manager supervisor entire fulllist kim basic biller scheduler

client_id                  all   all     supervised all    own      own own   all    all
contact_id                 all   all     supervised all    own      own own   all    all
party_id                   all   all     supervised all    own      own own   all    all
payer_id                   all   all     supervised all    own      own own   all    all
person_id                  all   all     supervised all    own      own own   all    all
appointment_id             all   all     supervised all    all      own own   all    all
charge_id                  all   all     -          all    own      own -     all    -
invoice_id                 all   all     -          all    own      own -     all    -
document_id                all   all     -          all    own      own -     all    -
payment_id                 all   all     -          all    own      own -     all    -
card_payment_id            all   all     -          all    own      own -     all    -
credit_note_id             all   all     -          all    own      own -     all    -
discount_id                all   all     supervised all    own      own own   all    all
run_id                     all   all     -          all    own      own -     all    -
order_id                   all   all     -          all    own      own -     all    -
statement_run_id           all   all     -          all    own      own -     all    -
coverage_id                all   all     supervised all    own      own own   all    all
mailing_id                 all   all     -          all    own      own -     all    -
card_id                    all   all     supervised all    own      own own   all    all
card_charge_id             all   all     -          all    own      own -     all    -
card_refund_id             all   all     -          all    own      own -     all    -
dispute_id                 all   all     -          all    own      own -     all    -
job_id                     all   all     -          all    own      own -     all    -
time_off_id                all   all     own        all    all      all all   all    all
token_id                   all   all     own        own    own      own own   own    own
factor_id                  own   own     own        own    own      own own   own    own
sign_in_id                 own   own     own        own    own      own own   own    own
import_id                  all   all     -          -      -        -   -     -      -
held_id                    all   all     -          -      -        -   -     -      -
restriction_id             all   -       -          -      -        -   -     -      -
role_id                    all   all     -          -      -        -   -     -      -
permission_id              all   all     -          -      -        -   -     -      -
member_id                  all   all     all        all    all      all all   all    all
location_id                all   all     all        all    all      all all   all    all
service_id                 all   all     all        all    all      all all   all    all
product_id                 all   all     all        all    all      all all   all    all
conversation_id            all   all     supervised all    own      own own   -      -
message_id                 all   all     supervised all    own      own own   -      -
attachment_id              all   all     supervised all    own      own own   -      -
file_secret                all   all     supervised all    own      own own   -      -
file_id                    all   all     supervised all    own      own own   -      -
draft_id                   -     -       -          -      -        own -     -      -
fact_id                    all   all     supervised all    own      own own   all    all
diagnosis_id               -     -       supervised all    own      own own   -      -
template_id                all   all     -          -      -        -   -     -      -
organization_id            all   all     all        all    all      all all   all    all
"""
"""Of which things, named by an id in an address, a role may know that they are there."""


def read(table: str) -> dict[str, dict[str, str]]:
    """Return scope by role by row; "-" is nobody's."""
    words = table.split()
    assert tuple(words[: len(ROLES)]) == ROLES
    rows = words[len(ROLES) :]
    width = len(ROLES) + 1
    return {
        rows[start]: dict(zip(ROLES, rows[start + 1 : start + width], strict=True))
        for start in range(0, len(rows), width)
    }


RIGHTS = read(TABLE)
KNOWN = read(SEEN)


def reaches(scope: str, whose: str) -> bool:
    """Tell whether a scope holds for one's own, for another member's, for another practice's, or for nothing."""
    return whose == "own" and scope != "-" if whose != "other" else scope == "all"
