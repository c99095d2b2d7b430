"""The portal speaks Spanish, all of it; dates and money as its readers write them."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.portal.guest import words_of
from tests.portal.msgids import CATALOGS, msgids

HELD = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def catalog():
    """Return all of it: what the portal says, and what papers say."""
    found = Catalog(locale="es")
    for path in CATALOGS:
        with path.open("rb") as written:
            for message in read_po(written, locale="es"):
                assert not message.id or message.id not in found, f"said twice: {message.id}"
                found[message.id] = message
    return found


def spanish(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_sentence_has_its_spanish(catalog):
    missing = sorted(msgid for msgid in msgids() if not (catalog.get(msgid) and all(spanish(catalog.get(msgid)))))
    assert missing == []


def test_no_spanish_is_left_over_and_none_loses_a_value(catalog):
    known = msgids()
    for message in catalog:
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        assert first in known, f"nobody says this any more: {first}"
        for each in spanish(message):
            assert sorted(HELD.findall(each)) == sorted(HELD.findall(first)), first


@pytest.mark.parametrize("page", ["", "appointments/", "billing/", "profile/", "messages/", "messages/new/"])
def test_pages_speak_spanish_to_a_browser_that_does(guest, page):
    ana = guest("ana")
    response = ana.get(f"/portal/{page}", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert '<html lang="es">' in response.content.decode()
    told = words_of(response)
    assert "Citas" in told
    english = {"Appointments", "Billing", "Profile", "Home", "Due", "Invoices", "Next appointment", "Confirm", "Save"}
    assert not [word for word in english if re.search(rf"\b{word}\b", told)]


def test_the_door_and_refusals_speak_it_too(guest):
    spoken = {"Accept-Language": "es"}
    assert "Enviarme un enlace" in words_of(guest("ana").get("/portal/sign-in/", headers=spoken))
    assert "no lleva a ninguna parte" in words_of(guest("ana").get("/portal/nowhere/", headers=spoken))


def test_a_language_the_portal_does_not_speak_is_answered_in_english(guest):
    assert "Hello, Ana" in words_of(guest("ana").get("/portal/", headers={"Accept-Language": "de"}))
