"""Wrong, missing, huge and hostile input on every form and address: told, nothing lost, never a failure of ours."""

from uuid import uuid4

import pytest

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.models import Invoice, Run
from kinbook.payments.models import Payment
from kinbook.people.models import Client, Contact
from kinbook.whopays.models import Arrangement
from tests.cast import nov
from tests.money import pay, promises_hold
from tests.scheduling.visitor import Visitor

HOSTILE = ["", " ", "\x00", "x" * 5000, "<script>alert(1)</script>", "'; DROP TABLE people_party; --", "-1", "0", "NaN"]
HOSTILE += [
    "1e9",
    "9" * 30,
    "99999999999999.99",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "٣٤",
    "²",
    "\u202ertl",
]
HOSTILE += ["🙂" * 200, "null", "{}", "[]", '{"mode": "single"}', "%00", "../../etc/passwd", str(uuid4())]
WORST = ["\x00", "²", "9999-12-31", "9" * 30]
CALM = {200, 204, 302, 403, 404, 409, 422}


@pytest.fixture
def family(cast):
    """Mia and Leo with an invoice, a payment and a charge that waits."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        first = cast.book(viewer, mia.pk, nov(2)).pk
        cast.waiting = cast.book(viewer, mia.pk, nov(4)).pk
        (cast.invoice,) = issue_charges(viewer, client_id=mia.pk, charge_ids=[first])
        cast.payment = pay(cast, viewer, "ana", 10_00)
        cast.contact = Contact.objects.get(client=mia, party_id=cast.people["ana"])
    return cast


def forms(cast):
    """Every form of people, who pays, invoices and payments: its address and what a person would send."""
    mia = cast.clients["mia"]
    ana, ben = (str(cast.people[name]) for name in ("ana", "ben"))
    edit, one = f"/clients/{mia}/edit/", f"/billing/invoices/{cast.invoice.pk}/"
    names = {"first_name": "Mia", "last_name": "Ortiz", "goes_by": "", "date_of_birth": "2010-02-02", "street": ""}
    reach = {
        "email-0-address": "a@b.example",
        "email-0-type": "home",
        "phone-0-number": "555-0100",
        "phone-0-type": "home",
    }
    versions = {"version": "1", "person_version": "1"}
    chooser = {
        "mode": "single",
        "payer": ana,
        "part": ana,
        "from": "2026-11-10",
        "until": "",
        "always": "",
        "anchor": "",
    }
    rows = {
        "exception-0-what": "kind:fee",
        "exception-0-rule": "{}",
        "cap-0-payer": ana,
        "cap-0-value": "5",
        "cap-0-per": "month",
    }
    portal = {"access": "on", "messages": "on"}
    new = {
        "type": "minor",
        "first_name": "Ida",
        "last_name": "Holm",
        "date_of_birth": "2018-01-01",
        "email": "",
        "phone": "",
        "status": "active",
        "clinician": "",
        "contact-0-relationship": "parent",
        "contact-0-first_name": "Eva",
        "contact-0-last_name": "Holm",
        "contact-0-party": "",
        "contact-0-email": "",
        "contact-0-phone": "",
        "contact-0-responsible_for_billing": "on",
        "mode": "single",
    }
    return {
        edit: {"client-type": "minor", "client-status": "active", **names, **reach, **versions},
        f"{edit}clinicians/": {"primary": str(cast.members["kim"]), "shared": ""},
        f"{edit}reminders/": {"own": "yes", "contact": str(cast.contact.pk)},
        f"/people/{ana}/edit/": {**names, **reach, **versions, "back": "/clients/"},
        f"/people/{ana}/merge/": {"into": ben},
        "/clients/new/": new,
        "/clients/new/who-pays/": new,
        f"{edit}contacts/new/": {name: value for name, value in new.items() if name.startswith("contact-0")},
        f"{edit}contacts/{cast.contact.pk}/": {**names, **versions, "link-relationship": "parent", "link-until": ""},
        f"{edit}contacts/{cast.contact.pk}/manage/": {
            "effective_from": "2026-11-10",
            **portal,
            "version": "1",
            **chooser,
        },
        f"{edit}contacts/{cast.contact.pk}/manage/changes/": {"effective_from": "2026-11-10", **chooser},
        f"{edit}contacts/{cast.contact.pk}/reminders/": {"reminders": "yes"},
        f"{edit}billing/": {**chooser, **rows, "carry_over": "yes"},
        f"{edit}billing/preview/": {**chooser, **rows},
        f"{edit}billing/end/": {"on": "2026-11-10"},
        f"/charges/{cast.waiting}/payer/": {"payer": ben, "note": "why", "write_off": ""},
        "/billing/invoices/create/": {"through": "2026-11-18", "group": "client", "client": str(mia)},
        f"{one}send/": {"message": "Hello"},
        f"{one}void/": {"reason": "why"},
        f"{one}write-off/": {"cents": "1.00", "reason": "why"},
        f"{one}re-address/": {"to": "split", "who": ben, f"percent-{ben}": "100", "reason": "why"},
        f"{one}re-address/preview/": {"to": "split", "who": ben, f"percent-{ben}": "100"},
        "/billing/payments/new/": {
            "payer": ana,
            "client": str(mia),
            "invoice": "",
            "amount": "5.00",
            "method": "check",
            "received_on": "2026-11-10",
            "reference": "12",
            "settles": str(cast.invoice.pk),
            f"cents-{cast.invoice.pk}": "5.00",
        },
        f"/billing/payments/{cast.payment.pk}/reverse/": {"reason": "why"},
        f"/billing/payers/{ana}/apply/": {"invoice": str(cast.invoice.pk)},
    }


PARTS = 4
"""So many processes may share the work; each part sends a share of everything to every form."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_fails_whatever_it_is_sent(family, part):
    visitor = Visitor(family, "owner")
    visitor.raise_request_exception = False
    sent = [(url, "*", dict.fromkeys(plain, text)) for url, plain in forms(family).items() for text in HOSTILE]
    sent += [
        (url, field, {**plain, field: text})
        for url, plain in forms(family).items()
        for field in plain
        for text in WORST
    ]
    sent += [(url, "", {}) for url in forms(family)]
    failed = {}
    for url, field, values in sent[part::PARTS]:
        status = visitor.send(url, values).status_code
        if status not in CALM:
            failed.setdefault((url, field, status), next(iter(values.values()), "")[:40])
    assert not failed
    with family.as_("owner"):
        promises_hold(family)


READ = [
    "/clients/?search={0}",
    "/clients/?status={0}&type={0}&clinician={0}&after={0}",
    "/clients/?status=contacts&after={0}",
    "/clients/?status=contacts&search={0}",
    "/clients/?after=a~{0}",
    "/search/?q={0}",
    "/people/choose/?q={0}&place={0}",
    "/people/choose/?party={0}",
    "/clients/new/?type={0}",
    "/billing/?show={0}",
    "/billing/invoices/?status={0}&after={0}",
    "/billing/invoices/create/?through={0}&group={0}",
    "/billing/invoices/create/?client={0}",
    "/billing/payments/?after={0}",
    "/billing/payments/?after=2026-11-18~{0}",
    "/billing/payments/new/?invoice={0}",
    "/billing/payments/new/?payer={0}",
    "/billing/payments/new/?client={0}",
    "/clients/{0}/",
    "/billing/invoices/{0}/",
    "/billing/invoices/{0}/pdf/",
    "/billing/payments/{0}/",
    "/billing/payers/{0}/",
    "/billing/runs/{0}/",
    "/settings/audit-log/?member={0}&client={0}&action={0}&sort={0}&after={0}&name={0}",
    "/settings/audit-log/?from={0}",
    "/settings/audit-log/?to={0}",
    "/settings/audit-log/csv/?to={0}",
]


@pytest.mark.parametrize("address", READ)
def test_no_address_fails_whatever_stands_in_it(family, address):
    from urllib.parse import quote

    visitor = Visitor(family, "owner")
    visitor.raise_request_exception = False
    urls = [address.format(quote(text, safe="")) for text in HOSTILE]
    answers = {(url, ask(url).status_code) for url in urls for ask in (visitor.get, visitor.dialog)}
    assert not [(url[:80], status) for url, status in answers if status not in CALM]


@pytest.mark.parametrize(
    ("url", "sent", "told"),
    [
        ("{edit}", {"client-status": "odd"}, "client-status"),
        ("{edit}", {"date_of_birth": "2026-02-30"}, "date_of_birth"),
        ("{edit}", {"first_name": "", "last_name": ""}, "Enter a name."),
        ("{edit}", {"email-0-address": "nowhere"}, "This is not an e-mail address"),
        ("/clients/new/", {"contact-0-relationship": ""}, "contact-0-relationship"),
        ("{invoice}void/", {"reason": ""}, "This field is required"),
        ("{invoice}write-off/", {"cents": "ten"}, "Enter an amount, as in 120.00."),
        ("{invoice}write-off/", {"cents": "500.00"}, "at most what is due"),
        ("{invoice}re-address/", {"reason": "", "to": "arrangement"}, "Say why"),
        ("{invoice}re-address/", {"percent": "x"}, "A percentage is a number"),
        ("/billing/payments/new/", {"amount": ""}, "This field is required"),
        ("/billing/payments/new/", {"amount": "0"}, "A payment is more than nothing."),
        ("/billing/payments/new/", {"received_on": "2999-01-01"}, "A payment is received today or before."),
        ("/billing/payments/new/", {"cents": "500.00", "amount": "600.00"}, "at most what is due"),
        ("/billing/payments/new/", {"method": "shells"}, "Select a valid choice"),
        ("/billing/invoices/create/", {"through": "soon"}, "Enter a valid date"),
        ("{edit}billing/", {"mode": "odd"}, ""),
        ("{edit}billing/", {"from": "soon"}, "A date looks like 2026-11-02."),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_what_was_typed_stays(family, url, sent, told):
    edit, one = f"/clients/{family.clients['mia']}/edit/", f"/billing/invoices/{family.invoice.pk}/"
    url = url.format(edit=edit, invoice=one)
    plain = forms(family)[url]
    ben = family.people["ben"]
    longer = {"percent": f"percent-{ben}", "cents": f"cents-{family.invoice.pk}" if "payments" in url else "cents"}
    with family.as_("owner"):
        before = [each.objects.count() for each in (Client, Invoice, Payment, Arrangement)]
    answer = Visitor(family, "owner").send(
        url, {**plain, **{longer.get(name, name): text for name, text in sent.items()}}
    )
    shown = answer.content.decode()
    assert answer.status_code == 422, shown
    assert told in shown
    for field in ("reason", "reference", "last_name"):
        if plain.get(field) and field not in sent:
            assert plain[field] in shown, field
    with family.as_("owner"):
        assert [each.objects.count() for each in (Client, Invoice, Payment, Arrangement)] == before
        assert not Run.objects.exists()


def test_the_second_of_two_editors_keeps_what_they_typed_and_is_told(family):
    edit = f"/clients/{family.clients['mia']}/edit/"
    plain = forms(family)[edit]
    first, second = Visitor(family, "owner"), Visitor(family, "manager")
    assert first.send(edit, {**plain, "client-status": "inactive"}).status_code == 204
    answer = second.send(edit, {**plain, "first_name": "Maria", "client-status": "archived"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Somebody else changed this while you were editing" in shown
    assert "Maria" in shown
    with family.as_("owner"):
        mia = Client.objects.select_related("party").get(pk=family.clients["mia"])
        assert (mia.status, mia.party.first_name) == ("inactive", "Mia")


def test_nothing_of_it_is_ever_run_as_a_script(family):
    script = "<script>alert(1)</script>"
    visitor = Visitor(family, "owner")
    visitor.send(f"/people/{family.people['ana']}/edit/", {"first_name": script, "last_name": "Ortiz"})
    for url in (
        *(f"/clients/{family.clients['mia']}/", "/clients/?status=contacts", f"/clients/?search={script}"),
        *(f"/people/{family.people['ana']}/", f"/billing/payers/{family.people['ana']}/", "/billing/payments/"),
    ):
        assert script not in visitor.get(url).content.decode(), url
