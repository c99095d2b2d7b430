"""The Ortiz family's money, and the promises about it that every test of money can ask for."""

from kinbook.config.verify import differences
from kinbook.invoices.commands.issue import issue_charges
from kinbook.ledger.balances import payer_standing
from kinbook.payments.commands import receive_payment
from kinbook.tenancy.models import Practice
from tests.cast import nov


def invoiced(cast, viewer, *days, name="Mia", **child):
    """Enter a child with sessions shown on these days of November, all invoiced."""
    client = cast.child(viewer, name, **child)
    charges = [cast.book(viewer, client.pk, nov(day)).pk for day in days or (2,)]
    return issue_charges(viewer, client_id=client.pk, charge_ids=charges)


def split(cast, viewer, *days, weights=(6000, 4000), parents=("ana", "ben", "cy")):
    """Enter Mia whose parents share 60/40, with sessions invoiced; returns the invoices by payer's name."""
    mia = cast.child(viewer, parents=parents)
    cast.arrange(viewer, mia.pk, "percent", weights=list(weights))
    charges = [cast.book(viewer, mia.pk, nov(day)).pk for day in days or (2,)]
    made = issue_charges(viewer, client_id=mia.pk, charge_ids=charges)
    names = {party: name for name, party in cast.people.items()}
    return {names[each.payer_id]: each for each in made}


def pay(cast, viewer, name, cents, **more):
    """Enter a check from one of the family."""
    return receive_payment(
        viewer, payer_id=cast.people[name], cents=cents, method="check", **{"received_on": nov(3), **more}
    )


def standing(cast, name):
    """Return what somebody owes in all, and their credit."""
    found = payer_standing([cast.people[name]])
    return found.balance_cents, found.credit_cents


def promises_hold(cast):
    """Recompute everything of the practice whose transaction is open, and fail where anything differs."""
    found = differences(Practice.objects.get(pk=cast.practice_id))
    assert found == [], found
