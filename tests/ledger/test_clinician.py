"""Income bears the clinician whose session it was, from the issue to the void, whoever the appointment is with since."""

from datetime import date

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import void_invoice
from kinbook.ledger.models import Line
from kinbook.overview.commands.handover import hand_over
from kinbook.overview.queries.handover import Handover
from kinbook.scheduling.models import Appointment
from kinbook.whopays.models import Charge
from tests.cast import nov
from tests.money import promises_hold


def earned(name, cast):
    return -sum(Line.objects.filter(account="income", clinician_id=cast.members[name]).values_list("cents", flat=True))


def test_two_clinicians_on_one_invoice_earn_a_line_each(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = cast.book(viewer, mia.pk, nov(2))
        other = cast.book(viewer, mia.pk, nov(3))
        Appointment.objects.filter(pk=other.pk).update(clinician_id=cast.members["entire"])
        Charge.objects.filter(pk=other.pk).update(clinician_id=cast.members["entire"])
        (invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[first.pk, other.pk])
        assert (earned("kim", cast), earned("entire", cast)) == (120_00, 120_00)
        Charge.objects.filter(pk=first.pk).update(clinician_id=cast.members["entire"])
        void_invoice(viewer, invoice=invoice, reason="wrong")
        assert (earned("kim", cast), earned("entire", cast)) == (0, 0), "a void takes back what was booked"
        promises_hold(cast)


def test_what_is_handed_over_earns_for_whoever_has_it_then(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        ahead = cast.book(viewer, mia.pk, date(2026, 12, 1), status="scheduled")
        hand_over(viewer, handover=Handover(cast.members["kim"], cast.members["entire"], nov(20), leaves=True))
        assert Charge.objects.get(pk=ahead.pk).clinician_id == cast.members["entire"]
