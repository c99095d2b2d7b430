"""Letters to many: every invoice never sent, reminders of overdue ones; each once, and who gets none is named."""

from datetime import timedelta

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.mailings import (
    advance_mailing,
    pause_mailing,
    resume_mailing,
    start_mailing,
    stop_mailing,
)
from kinbook.invoices.commands.send import send_invoice
from kinbook.invoices.commands.terms import pause_reminders
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.jobs import continue_mailing
from kinbook.invoices.models import Delivery, Invoice, Mailing, MailingItem
from kinbook.invoices.queries.mailing import letters_for, progress_of
from kinbook.mail.models import Letter
from kinbook.people.models import Party
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from tests.cast import later, nov
from tests.money import pay, promises_hold
from tests.scheduling.visitor import Visitor


def overdue(cast, *parents, weights=None, days=40):
    """Let parents share Mia's session, invoiced so long ago that it is overdue; the invoices by payer's name."""
    with cast.as_("owner") as viewer:
        return shared(cast, viewer.at(later(-days)), parents, weights)


def shared(cast, viewer, parents, weights):
    mia = cast.child(viewer, parents=parents)
    if len(parents) > 1:
        even = [10000 // len(parents)] * len(parents)
        cast.arrange(viewer, mia.pk, "percent", parents, weights=list(weights or even))
    charge = cast.book(viewer, mia.pk, nov(2))
    made = issue_charges(viewer, client_id=mia.pk, charge_ids=[charge.pk])
    names = {party: name for name, party in cast.people.items()}
    return {names[each.payer_id]: each for each in made}


def whole(cast, name, kind, **how):
    with cast.as_(name) as viewer:
        mailing = start_mailing(viewer, kind=kind, **how)
        while advance_mailing(viewer, mailing_id=mailing.pk):
            pass
        return Mailing.objects.get(pk=mailing.pk)


def told(cast):
    with cast.as_("owner"):
        return sorted(Letter.objects.values_list("to", flat=True))


ANA, BEN = "ana.ortiz@mail.example", "ben@workshop.example"


def test_each_payer_gets_the_own_invoice_once_and_who_has_no_address_is_named(cast):
    overdue(cast, "ana", "ben", "cy", weights=[4000, 3000, 3000])
    with cast.as_("biller") as viewer:
        letters = letters_for(viewer, "send")
        assert {each.payer.short_name: each.skipped for each in letters} == {
            "Ana": "",
            "Ben": "",
            "Cy": "No e-mail that may be written to",
        }
    made = whole(cast, "biller", "send")
    assert made.state == "done"
    assert told(cast) == [ANA, BEN]
    again = whole(cast, "biller", "send")
    assert told(cast) == [ANA, BEN]
    with cast.as_("biller") as viewer:
        progress = progress_of(made)
        assert (progress.done, progress.of, progress.sent, progress.cents) == (3, 3, 2, 84_00)
        assert list(MailingItem.objects.filter(mailing=again).values_list("skipped", flat=True)) == [
            "No e-mail that may be written to"
        ]
        assert {each.kind for each in Delivery.objects.all()} == {"invoice"}


def test_what_was_sent_paid_or_deleted_meanwhile_is_left_out(cast):
    made = overdue(cast, "ana", "ben", "cy", weights=[4000, 3000, 3000])
    with cast.as_("biller") as viewer:
        mailing = start_mailing(viewer, kind="send")
        send_invoice(viewer, invoice=made["ana"])
        void_invoice(viewer, invoice=made["ben"], reason="Wrong")
        while advance_mailing(viewer, mailing_id=mailing.pk):
            pass
        why = {each.payer.short_name: each.skipped for each in MailingItem.objects.select_related("payer")}
        assert why["Ana"] == "Sent meanwhile"
        assert "is void" in why["Ben"]
        promises_hold(cast)
    assert told(cast) == [ANA]


def test_only_invoices_from_a_day_on_are_sent_where_one_is_said(cast):
    overdue(cast, "ana")
    with cast.as_("biller") as viewer:
        assert letters_for(viewer, "send", later(-39).date()) == []
        assert len(letters_for(viewer, "send", later(-41).date())) == 1


def test_a_paid_invoice_is_neither_sent_nor_reminded_of(cast):
    overdue(cast, "ana")
    with cast.as_("biller") as viewer:
        pay(cast, viewer, "ana", 120_00)
        assert letters_for(viewer, "send") == letters_for(viewer, "remind") == []


def test_one_reminder_a_payer_about_all_that_is_overdue_and_nothing_of_the_other(cast):
    made = overdue(cast, "ana", "ben", weights=[6000, 4000])
    with cast.as_("owner") as viewer:
        leo = cast.child(viewer, "Leo")
        charge = cast.book(viewer, leo.pk, nov(1))
        second = issue_charges(viewer.at(later(-30)), client_id=leo.pk, charge_ids=[charge.pk])[0]
    whole(cast, "biller", "remind")
    assert told(cast) == [ANA, BEN]
    with cast.as_("owner"):
        ana, ben = (Letter.objects.get(to=address) for address in (ANA, BEN))
        assert made["ana"].name in ana.body
        assert second.name in ana.body
        assert "$72.00" in ana.body
        assert made["ben"].name not in ana.body
        for word in ("Ben", "48.00", "Mia", "Leo", BEN):
            assert word not in ana.body
        assert "Ana" not in ben.body
        assert {(each.invoice.name, each.kind, each.step) for each in Delivery.objects.select_related("invoice")} == {
            (each.name, "reminder", None) for each in (*made.values(), second)
        }
    whole(cast, "biller", "remind")
    assert told(cast) == [ANA, BEN]


def test_who_is_paused_is_not_reminded_and_the_reason_is_said(cast):
    overdue(cast, "ana", "ben")
    with cast.as_("biller") as viewer:
        ana = Party.objects.get(pk=cast.people["ana"])
        pause_reminders(viewer, party=ana, reason="Pays in instalments", until=viewer.today + timedelta(days=9))
        why = {each.payer.short_name: each.skipped for each in letters_for(viewer, "remind")}
        assert why == {"Ana": "Paused until 27 November 2026: Pays in instalments", "Ben": ""}
    whole(cast, "biller", "remind")
    assert told(cast) == [BEN]


def test_a_clinician_writes_about_own_clients_only(cast):
    overdue(cast, "ana")
    with cast.as_("owner") as viewer:
        theo = cast.child(viewer, "Theo", clinician="entire", parents=("ben",))
        charge = cast.book(viewer, theo.pk, nov(1))
        issue_charges(viewer.at(later(-30)), client_id=theo.pk, charge_ids=[charge.pk])
    whole(cast, "kim", "remind")
    assert told(cast) == [ANA]
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        start_mailing(viewer, kind="send")
    with cast.as_("biller") as viewer, pytest.raises(Invalid):
        start_mailing(viewer, kind="charge")


def test_it_is_paused_resumed_and_stopped_and_a_job_goes_on(cast):
    overdue(cast, "ana", "ben")
    with cast.as_("biller") as viewer:
        mailing = start_mailing(viewer, kind="send")
        pause_mailing(viewer, mailing=mailing)
        assert not advance_mailing(viewer, mailing_id=mailing.pk)
        with pytest.raises(Conflict):
            pause_mailing(viewer, mailing=mailing)
        resume_mailing(viewer, mailing=mailing)
    continue_mailing(str(cast.practice_id), str(mailing.pk), str(cast.members["biller"]))
    assert told(cast) == [ANA, BEN]
    with cast.as_("biller") as viewer:
        with pytest.raises(Conflict):
            stop_mailing(viewer, mailing=mailing)
        other = start_mailing(viewer, kind="remind")
        stop_mailing(viewer, mailing=other)
        assert set(MailingItem.objects.filter(mailing=other).values_list("skipped", flat=True)) == {
            "Stopped before it was sent"
        }
    assert told(cast) == [ANA, BEN]


def test_a_biller_sees_the_dry_run_presses_the_button_and_sees_what_became_of_it(cast):
    overdue(cast, "ana", "cy")
    biller = Visitor(cast, "biller")
    for path, words in (("/billing/invoices/send/", "Send invoices"), ("/billing/remind/", "Send reminders")):
        shown = biller.get(path).content.decode()
        assert words in shown
        assert "No e-mail that may be written to" in shown
        answer = biller.post(path, {})
        result = biller.get(answer["Location"]).content.decode()
        assert "On its way" in result
        assert "Not sent: No e-mail" in result
    assert told(cast) == [ANA, ANA]
    assert biller.post("/billing/invoices/send/", {"since": "soon"}).status_code == 422


def test_one_payer_is_reminded_with_one_click_and_not_twice_a_day(cast):
    overdue(cast, "ana", "cy")
    biller = Visitor(cast, "biller")
    ana, cy = (cast.people[name] for name in ("ana", "cy"))
    assert biller.post(f"/billing/payers/{ana}/remind/", {}).status_code == 302
    assert biller.post(f"/billing/payers/{ana}/remind/", {}).status_code == 409
    assert biller.post(f"/billing/payers/{cy}/remind/", {}).status_code == 409
    assert told(cast) == [ANA]
    with cast.as_("owner"):
        number = Invoice.objects.get(payer_id=ana).name
    assert number in biller.get(f"/billing/payers/{ana}/").content.decode()
