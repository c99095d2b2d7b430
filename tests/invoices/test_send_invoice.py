"""Send: by mail to the payer with the paper, to an address that is theirs alone; what became of it is shown."""

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from kinbook.invitations.models import Guest
from kinbook.invoices.commands.send import address_for_money, send_invoice
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Delivery
from kinbook.invoices.queries.invoice import invoice_page
from kinbook.invoices.render import letter_pdf
from kinbook.mail.models import Letter
from kinbook.people.commands.clean import EmailDraft
from kinbook.people.commands.parties import set_emails
from kinbook.people.models import Party
from kinbook.tenancy.refused import Conflict, Forbidden, Invalid
from kinbook.tenancy.viewer import Identity, ViewerKind
from kinbook.whopays.commands.merge import merge_people
from tests.money import invoiced, split
from tests.scheduling.visitor import Visitor


def addresses(viewer, party_id, *drafts):
    party = Party.objects.get(pk=party_id)
    set_emails(viewer, party, [EmailDraft(each) if isinstance(each, str) else each for each in drafts])
    return party


def test_the_payer_gets_a_mail_with_the_paper(cast):
    with cast.as_("biller") as viewer:
        pass
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        delivery = send_invoice(viewer, invoice=invoice, message="Thank you for coming.")
        letter = delivery.letter
        assert (letter.to, letter.state) == ("ana.ortiz@mail.example", "waiting")
        assert "Thank you for coming." in letter.body
        assert "INV-1" in letter.body
        job = ProcrastinateJob.objects.get()
        assert (job.task_name, job.args["letter_id"]) == ("mail.send_letter", str(letter.pk))
        name, paper = letter_pdf(Identity(cast.practice_id, ViewerKind.JOB, cast.practice_id), letter)
        assert (name, paper[:5]) == ("INV-1.pdf", b"%PDF-")


def test_it_is_in_the_language_its_payer_chose_also_before_a_merge(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        ana = Party.objects.get(pk=cast.people.pop("ana"))
        addresses(viewer, ana.pk, "ana@own.example")
        cast.child(viewer, "Leo", parents=("ana",))
        twin = Party.objects.get(pk=cast.people["ana"])
        Guest.objects.create(practice_id=cast.practice_id, party_id=twin.pk, language="es")
        assert "le ha enviado" not in send_invoice(viewer, invoice=invoice).letter.body
        merge_people(viewer, party=twin, into=ana)
        letter = send_invoice(viewer, invoice=invoice).letter
        assert "Harbor Lane Family Therapy le ha enviado una factura." in letter.body
        assert f"Vence el: {invoice.due_on.day} " in letter.body


def test_its_subject_and_body_name_no_child_service_or_amount(cast):
    with cast.as_("owner") as viewer:
        invoices = split(cast, viewer, 2)
        letter = send_invoice(viewer, invoice=invoices["ben"]).letter
        for unsaid in ("Mia", "session", "Individual", "48.00", "Ana"):
            assert unsaid not in letter.subject + letter.body
        assert "INV-" not in letter.subject


def test_a_shared_mailbox_gets_no_mail_about_money(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        ana = addresses(viewer, cast.people["ana"], "family@mail.example")
        addresses(viewer, cast.people["ben"], "FAMILY@mail.example")
        with pytest.raises(Invalid, match="no e-mail that may be written to"):
            send_invoice(viewer, invoice=invoice)
        addresses(viewer, cast.people["ana"], "family@mail.example", "ana@work.example")
        assert address_for_money(ana) == "ana@work.example"


def test_an_address_that_may_not_be_written_to_is_left_alone(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        addresses(viewer, cast.people["ana"], EmailDraft("ana@quiet.example", may_email=False))
        with pytest.raises(Invalid) as refused:
            send_invoice(viewer, invoice=invoice)
        assert "payer" in refused.value.problems
        assert not Letter.objects.exists()


def test_a_void_invoice_is_not_sent_and_words_have_an_end(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        with pytest.raises(Invalid, match="At most 2000"):
            send_invoice(viewer, invoice=invoice, message="x" * 2001)
        void_invoice(viewer, invoice=invoice, reason="?")
        with pytest.raises(Conflict, match="is void"):
            send_invoice(viewer, invoice=invoice)


def test_a_scheduler_sends_no_invoice(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
    with cast.as_("scheduler") as viewer, pytest.raises(Forbidden):
        send_invoice(viewer, invoice=invoice)


def test_what_became_of_each_sending_is_shown(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
        first = send_invoice(viewer, invoice=invoice)
        Letter.objects.filter(pk=first.letter_id).update(state="failed", problem="The mail server did not take it.")
        send_invoice(viewer.at(viewer.now.replace(hour=16)), invoice=invoice)
        shown = invoice_page(viewer, invoice.pk).deliveries
        assert [(each.state, each.problem) for each in shown] == [
            ("Waiting", ""),
            ("Failed", "The mail server did not take it."),
        ]
    page = Visitor(cast, "biller").get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert "The mail server did not take it." in page
    assert Delivery.objects.count() == 0 or not mail.outbox


def test_it_is_sent_from_the_page(cast):
    with cast.as_("owner") as viewer:
        (invoice,) = invoiced(cast, viewer)
    visitor = Visitor(cast, "biller")
    url = f"/billing/invoices/{invoice.pk}/send/"
    assert "ana.ortiz@mail.example" in visitor.dialog(url).content.decode()
    assert visitor.send(url, {"message": "Hello"}).status_code == 204
    answer = visitor.send(url, {"message": "x" * 2001})
    assert answer.status_code == 422
    with cast.as_("owner"):
        assert Delivery.objects.count() == 1
