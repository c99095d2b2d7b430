"""A person changes their own ways to be reached, and the language; a new address counts once confirmed."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from kinbook.invitations.models import Asking
from kinbook.mail.models import Letter
from kinbook.people.models import Email, Phone
from kinbook.people.queries.shown import search_parties
from kinbook.portal.commands.profile import find_by_new_words, send_confirmation
from tests.portal.guest import words_of


@pytest.fixture(autouse=True)
def fresh_limits(cast):
    cache.clear()


def ask(cast, ana, address):
    response = ana.post("/portal/profile/email/", {"email": address})
    for asking in Asking.objects.all():
        send_confirmation(asking, cast.practice_id, cast.people["ana"], datetime.now(UTC))
    return response


def test_a_new_address_counts_once_its_link_was_followed(cast, guest, family):
    ana = guest("ana")
    assert ask(cast, ana, "ana@new.example").status_code == 302
    with cast.as_("owner"):
        letter = Letter.objects.get()
        assert letter.to == "ana@new.example"
        assert not Email.objects.filter(address="ana@new.example").exists()
    link = "/" + letter.links[0].split("/", 3)[3]
    assert ana.get(link).status_code == 200
    assert "Sign in with it" in words_of(ana.post(link))
    with cast.as_("owner"):
        assert Email.objects.get(party_id=cast.people["ana"]).address == "ana@new.example"
        assert Letter.objects.filter(to="ana.ortiz@mail.example").count() == 1
    assert ana.get("/portal/")["Location"] == "/portal/sign-in/"
    assert ana.post(link).status_code == 410


def test_nobody_is_told_that_an_address_is_somebody_elses(cast, guest, family):
    ana = guest("ana")
    taken, free = (ask(cast, ana, address) for address in ("ben@workshop.example", "ana@new.example"))
    assert taken.status_code == free.status_code == 302
    with cast.as_("owner"):
        assert [each.to for each in Letter.objects.all()] == ["ana@new.example"]


def test_a_new_number_is_saved_and_found(cast, guest, family):
    ana = guest("ana")
    assert ana.post("/portal/profile/phone/", {"phone": "555-0177"}).status_code == 302
    find_by_new_words(cast.practice_id, cast.people["ana"], datetime.now(UTC))
    with cast.as_("owner") as viewer:
        assert Phone.objects.get(party_id=cast.people["ana"]).number == "555-0177"
        assert [party.pk for party, _ in search_parties(viewer, "5550177")] == [cast.people["ana"]]


@pytest.mark.parametrize(
    ("page", "field", "value"), [("phone", "phone", "x"), ("email", "email", "x"), ("language", "language", "de")]
)
def test_bad_input_is_told_beside_the_field(guest, page, field, value):
    response = guest("ana").post(f"/portal/profile/{page}/", {field: value})
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_the_chosen_language_goes_before_the_browsers(guest):
    ana = guest("ana")
    assert "Hello, Ana" in ana.read("/portal/")
    assert ana.post("/portal/profile/language/", {"language": "es"}).status_code == 302
    response = ana.get("/portal/", headers={"Accept-Language": "en"})
    assert '<html lang="es">' in response.content.decode()
