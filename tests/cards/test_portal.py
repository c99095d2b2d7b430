"""A parent's own cards in the portal, and the Pay link: each parent reaches their own and nothing of the other's."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests
from django.test import Client

from kinbook.cards.commands.autopay import set_autopay
from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.commands.keys import set_keys
from kinbook.cards.models import AutoPay, Card, CardCharge, PayLink, State
from kinbook.cards.processor import Method
from kinbook.invitations.commands.sessions import open_session
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.readdress import readdress_invoice
from kinbook.invoices.commands.send import send_invoice
from kinbook.invoices.commands.void import void_invoice
from kinbook.invoices.models import Invoice
from kinbook.mail.models import Letter
from kinbook.people.models import Client as ClientRow
from tests.cards.conftest import KEYS, Cards
from tests.cast import nov
from tests.money import promises_hold, standing
from tests.portal.conftest import allow, enter_family
from tests.portal.guest import Guest, words_of

ALL = {"access": True, "messages": True, "appointments": True, "billing_documents": True, "payments": True}
GOOD, DECLINED = "4242424242424242", "4000000000000341"


@pytest.fixture
def home(server, cast):
    """The Ortiz family with Pay open to both parents, each with a card of their own."""
    family = enter_family(cast)
    cards = Cards(cast)
    cards.now = datetime.now(UTC)
    with cast.as_("owner", cards.now) as viewer:
        set_keys(viewer, **KEYS)
        for name in ("ana", "ben"):
            for child in (family.mia, family.leo):
                allow(viewer, ClientRow.objects.get(pk=child), cast.people[name], ALL)
    kept = {name: cards.add(name, nickname=f"Planted{name}card") for name in ("ana", "ben")}
    guests = {
        name: Guest(open_session(practice_id=cast.practice_id, party_id=cast.people[name], now=datetime.now(UTC)))
        for name in ("ana", "ben", "mia")
    }
    return SimpleNamespace(cast=cast, family=family, cards=cards, kept=kept, **guests, invoice=family.invoice)


def typed_in(home, begun, number=GOOD):
    """The browser's part: the number goes to the processor."""
    card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    words = {"key": "pk_test_of_tests", "client_secret": begun["secret"]}
    words |= {"payment_method_data": {"type": "card", "card": card}}
    url = f"{home.cards_url}/v1/setup_intents/{begun['id']}/confirm"
    assert requests.post(url, json=words, timeout=5).status_code == 200
    return begun["id"]


@pytest.fixture(autouse=True)
def _where(home, server):
    home.cards_url = server.url


def due(home, name):
    with home.cast.as_("owner"):
        return Invoice.objects.with_state().get(pk=home.invoice[name].pk).standing.due_cents


def pages(home, name):
    bill = home.invoice[name].pk
    yield from ("/portal/", "/portal/billing/", "/portal/billing/cards/", "/portal/billing/cards/new/")
    yield from (f"/portal/billing/{bill}/", f"/portal/billing/{bill}/pay/", "/portal/profile/")


@pytest.mark.parametrize(("name", "other"), [("ana", "ben"), ("ben", "ana")])
def test_no_page_tells_of_the_others_card(home, name, other):
    with home.cast.as_("owner", home.cards.now) as viewer:
        method = Method("pm_planted", "card", "visa", "9876", 1, 2031)
        party = home.cast.people[other]
        card = add_card(viewer, payer_id=party, method=method, terms=CardTerms(f"Secret{other}nickname"))
        set_autopay(viewer, card=card, client_id=home.family.leo)
    home.cards.charge(home.kept[other], home.invoice[other], 1_11)
    guest = getattr(home, name)
    for url in pages(home, name):
        response = guest.get(url)
        assert response.status_code == 200, url
        text = response.content.decode()
        for word in ("9876", f"Secret{other}nickname", f"Planted{other}card", "$1.11", str(home.kept[other].pk)):
            assert word not in text, (url, word)
    assert f"Planted{name}card" in guest.read("/portal/billing/cards/")


def test_the_others_card_and_invoice_are_not_there(home):
    bens, ana = home.kept["ben"].pk, home.ana
    assert ana.post(f"/portal/billing/cards/{bens}/", {"nickname": "Mine now"}).status_code == 404
    assert ana.post(f"/portal/billing/cards/{bens}/remove/").status_code == 404
    assert ana.post(f"/portal/billing/autopay/{home.family.leo}/", {"card": str(bens)}).status_code == 404
    assert ana.get(f"/portal/billing/{home.invoice['ben'].pk}/pay/").status_code == 404
    pay = f"/portal/billing/{home.invoice['ana'].pk}/pay/"
    assert ana.post(pay, {"amount": "all", "card": str(bens), "token": "1"}).status_code == 422
    with home.cast.as_("owner"):
        assert not CardCharge.objects.exists()
        assert Card.objects.get(pk=bens).nickname == "Plantedbencard"


def test_a_teen_sees_no_cards(home):
    assert home.mia.get("/portal/billing/cards/").status_code == 404


def test_without_the_flag_pay_nothing_is_paid(home):
    with home.cast.as_("owner", home.cards.now) as viewer:
        for child in (home.family.mia, home.family.leo):
            flags = {**ALL, "payments": False}
            allow(viewer, ClientRow.objects.get(pk=child), home.cast.people["ana"], flags)
    assert home.ana.get("/portal/billing/cards/").status_code == 404
    assert home.ana.get(f"/portal/billing/{home.invoice['ana'].pk}/pay/").status_code == 404
    assert "Pay" not in home.ana.read(f"/portal/billing/{home.invoice['ana'].pk}/").replace("Payments", "")


def test_a_parent_pays_a_part_then_the_rest(home, server):
    pay, before = f"/portal/billing/{home.invoice['ana'].pk}/pay/", due(home, "ana")
    card = {"card": str(home.kept["ana"].pk)}
    home.ana.post(pay, {"amount": "part", "part": "10.00", "token": "a", **card})
    assert due(home, "ana") == before - 10_00
    home.ana.post(pay, {"amount": "part", "part": "10.00", "token": "a", **card})  # a second click
    assert due(home, "ana") == before - 10_00
    response = home.ana.post(pay, {"amount": "all", "token": "b", **card}, follow=True)
    assert "Paid. Thank you." in words_of(response)
    assert (due(home, "ana"), server.charged()) == (0, before)
    assert home.ana.get(pay).status_code == 404
    with home.cast.as_("owner"):
        promises_hold(home.cast)


@pytest.fixture
def leos(home):
    """Another invoice of Ana's, for Leo: due later than Mia's."""
    with home.cast.as_("owner", home.cards.now) as viewer:
        home.cast.arrange(viewer, home.family.leo, "single", ["ana"])
        charge = home.cast.book(viewer, home.family.leo, nov(16)).pk
        return issue_charges(viewer, client_id=home.family.leo, charge_ids=[charge])[0]


def test_everything_due_is_paid_at_once_for_several_children(home, leos, server):
    before = due(home, "ana")
    assert "/portal/billing/pay/" in home.ana.get("/portal/billing/").content.decode()
    text = home.ana.read("/portal/billing/pay/")
    assert leos.name in text
    assert home.invoice["ben"].name not in text
    words = {"amount": "all", "token": "t", "card": str(home.kept["ana"].pk)}
    response = home.ana.post("/portal/billing/pay/", words, follow=True)
    assert "Paid. Thank you." in words_of(response)
    assert server.charged() == before + leos.total_cents
    home.ana.post("/portal/billing/pay/", words)  # a second click
    assert server.charged() == before + leos.total_cents
    with home.cast.as_("owner"):
        assert CardCharge.objects.get().parts.count() == 2
        assert standing(home.cast, "ana") == (0, 0)
        promises_hold(home.cast)
    assert home.ana.get("/portal/billing/pay/").status_code == 302


def test_a_part_of_everything_pays_what_is_due_longest(home, leos):
    before = due(home, "ana")
    words = {"amount": "part", "part": f"{before / 100 + 5:.2f}", "token": "t", "card": str(home.kept["ana"].pk)}
    home.ana.post("/portal/billing/pay/", words)
    with home.cast.as_("owner"):
        left = {each.pk: each.standing.due_cents for each in Invoice.objects.with_state()}
    assert (left[home.invoice["ana"].pk], left[leos.pk]) == (0, leos.total_cents - 5_00)


def test_a_card_that_ends_says_so_before_it_does(home):
    ends = date(home.cards.now.year + home.cards.now.month // 12, home.cards.now.month % 12 + 1, 1)
    with home.cast.as_("owner", home.cards.now):
        Card.objects.filter(pk=home.kept["ana"].pk).update(exp_month=home.cards.now.month, exp_year=home.cards.now.year)
    soon = (ends - home.cards.now.date()).days <= 30
    assert ("Add another one in time." in home.ana.read("/portal/billing/cards/")) == soon
    with home.cast.as_("owner", home.cards.now):
        Card.objects.filter(pk=home.kept["ana"].pk).update(exp_month=1, exp_year=2020)
    assert "it pays nothing any more" in home.ana.read("/portal/billing/cards/")


@pytest.mark.parametrize("part", ["", "0", "-1", "12.345", "999999", "x"])
def test_an_amount_that_is_none_is_told(home, part):
    pay = f"/portal/billing/{home.invoice['ana'].pk}/pay/"
    words = {"amount": "part", "part": part, "card": str(home.kept["ana"].pk), "token": "a"}
    assert home.ana.post(pay, words).status_code == 422


def test_a_card_typed_in_now_pays_and_is_kept_with_autopay_where_wished(home):
    pay = f"/portal/billing/{home.invoice['ana'].pk}/pay/"
    begun = home.ana.post("/portal/billing/cards/set-up/").json()
    words = {"amount": "all", "card": "new", "set_up": typed_in(home, begun), "token": "n"}
    home.ana.post(pay, {**words, "keep": "1", "autopay": "1"})
    assert due(home, "ana") == 0
    with home.cast.as_("owner"):
        card = Card.objects.exclude(pk=home.kept["ana"].pk).get(payer_id=home.cast.people["ana"])
        assert not card.is_once
        assert AutoPay.objects.get(client_id=home.family.mia).card_id == card.pk


def test_a_declined_card_says_so_and_charges_nothing(home):
    begun = home.ana.post("/portal/billing/cards/set-up/").json()
    words = {"amount": "all", "card": "new", "set_up": typed_in(home, begun, DECLINED), "token": "d"}
    before = due(home, "ana")
    response = home.ana.post(f"/portal/billing/{home.invoice['ana'].pk}/pay/", words, follow=True)
    assert "Your card was not charged" in words_of(response)
    assert due(home, "ana") == before


def test_cards_are_named_and_removed_and_autopay_switched(home):
    card = home.kept["ana"].pk
    home.ana.post(f"/portal/billing/cards/{card}/", {"nickname": "Blue"})
    assert "Blue" in home.ana.read("/portal/billing/cards/")
    home.ana.post(f"/portal/billing/autopay/{home.family.leo}/", {"card": str(card)})
    with home.cast.as_("owner"):
        assert AutoPay.objects.get().client_id == home.family.leo
    home.ana.post(f"/portal/billing/autopay/{home.family.leo}/", {"card": ""})
    with home.cast.as_("owner"):
        assert not AutoPay.objects.exists()
    home.ana.post(f"/portal/billing/cards/{card}/remove/")
    assert "Blue" not in home.ana.read("/portal/billing/cards/")


@pytest.fixture
def link(home):
    """The Pay link in Ana's mail."""
    with home.cast.as_("owner", home.cards.now) as viewer:
        send_invoice(viewer, invoice=home.invoice["ana"])
        letter = Letter.objects.latest("written_at")
        assert home.kept["ana"].last_four not in letter.body
    return re.search(r"/pay/[\w-]+/", letter.body)[0]


def pay_by_link(home, link, number=GOOD, **more):
    begun = Client().post(f"{link}set-up/").json()
    words = {"amount": "all", "set_up": typed_in(home, begun, number), "token": "l", **more}
    return Client().post(link, words)


def test_the_link_pays_its_one_invoice_and_keeps_no_card(home, link, server):
    before = due(home, "ana")
    text = words_of(Client().get(link))
    assert home.invoice["ana"].name in text
    for word in ("Mia", "Leo", "Ana", "Ben", "session", "Plantedanacard", home.invoice["ben"].name):
        assert word not in text, word
    assert "Paid. Thank you." in words_of(pay_by_link(home, link))
    assert (due(home, "ana"), server.charged()) == (0, before)
    assert "Nothing is due." in words_of(Client().get(link))
    assert Client().post(f"{link}set-up/").status_code == 410
    with home.cast.as_("owner"):
        assert Card.objects.kept().filter(payer_id=home.cast.people["ana"]).count() == 1
        assert CardCharge.objects.get().state == State.SUCCEEDED
        promises_hold(home.cast)


@pytest.mark.parametrize("how", ["void", "re-addressed", "too old", "made up"])
def test_a_link_ends(home, link, how):
    with home.cast.as_("owner", home.cards.now) as viewer:
        if how == "void":
            void_invoice(viewer, invoice=home.invoice["ana"], reason="Wrong")
        if how == "re-addressed":
            readdress_invoice(
                viewer, invoice=home.invoice["ana"], reason="Wrong", rule=home.cast.read_rule("single", ["ben"])
            )
        if how == "too old":
            PayLink.objects.update(expires_at=home.cards.now - timedelta(days=1))
    url = "/pay/made-up/" if how == "made up" else link
    assert Client().get(url).status_code == 410
    assert Client().post(f"{url}set-up/").status_code == 410
    assert Client().post(url, {"amount": "all", "set_up": "seti_1", "token": "1"}).status_code == 410


def test_strangers_cards_are_not_tried_out(home, link):
    for place in range(6):
        pay_by_link(home, link, DECLINED, token=f"t{place}", amount="part", part="1.00")
    assert "Too many cards were declined here" in words_of(Client().get(link))
    assert Client().post(f"{link}set-up/").status_code == 410


def test_a_link_opens_nothing_else(home, link):
    guest = Client()
    guest.get(link)
    assert guest.get("/portal/").status_code == 302
    assert guest.get(f"/portal/billing/{home.invoice['ana'].pk}/").status_code == 302
