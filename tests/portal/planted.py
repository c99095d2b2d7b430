"""A family in which every word of one parent is marked, and a crawler that reads all that somebody can reach."""

# ruff: noqa: S608 - the names in statements are the catalogue's own

import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from django.apps import apps
from django.db import DatabaseError, connections, transaction
from django.urls import URLPattern
from pypdf import PdfReader

from kinbook.config.live.looking import look_in_portal
from kinbook.documents.commands.estimates import create_estimate
from kinbook.documents.commands.orders import Named, OrderDraft, file_order
from kinbook.documents.commands.payments import create_receipt, create_tax_year
from kinbook.documents.commands.proofs import approve_proof, create_proof
from kinbook.documents.commands.send import send_document
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.commands.superbills import create_superbill
from kinbook.invitations.commands.sessions import open_session
from kinbook.invoices.commands.send import send_invoice
from kinbook.mail.models import Letter
from kinbook.messaging.commands.drafts import save_draft
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.models import Attachment
from kinbook.payments.models import Payment
from kinbook.people.commands.clean import EmailDraft
from kinbook.portal import urls
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, ViewerKind
from tests import cast as people
from tests.database.catalogue import ask, names, practice_tables
from tests.portal.conftest import enter_family
from tests.portal.guest import Guest

MARKS = {"ana": "zqanaqz", "ben": "zqbenqz", "mia": "zqmiaqz"}
"""Marks no one would write; each stands in everything of one person, in small letters wherever it is looked for."""

OF_A_PERSON = ("party_id", "payer_id", "author_party_id")
KEPT = {
    "account",
    "event",
    "sort_name",
    "address",
    "number",
    "digits",
    "secret",
    "sha256",
    "currency",
    "language",
    "word",
    "to",
    "name_key",
}
"""Columns that must stay what they are for the product to work; names and addresses are marked as they are entered."""


def plant(monkeypatch, cast):
    """Enter the family, marked: what is entered of each parent, then every text of every row that is theirs."""
    for name in ("ana", "ben"):
        mark = MARKS[name]
        monkeypatch.setitem(
            people.PARENTS,
            name,
            replace(
                people.PARENTS[name],
                last_name=f"{mark.title()}last",
                goes_by=f"{mark.title()}goes",
                street=f"1 {mark} Street",
                city=mark,
                emails=(EmailDraft(f"{mark}@mail.example"),),
            ),
        )
    family = enter_family(cast)
    family.talks = {name: _talk(cast, family, name) for name in MARKS}
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        for name in ("ana", "ben"):
            send_invoice(viewer, invoice=family.invoice[name], message=f"{MARKS[name]} note")
    family.papers, family.payments = _papers(cast, family), list(_payments(cast))
    for name in ("ana", "ben"):
        mark_rows(cast.people[name], MARKS[name])
    return family


def _papers(cast, family):
    """Give each parent every kind of document; the order on file names them without a mark."""
    made = []
    with cast.as_("owner", datetime.now(UTC)) as viewer:
        named = [Named("The Mother", 6000, cast.people["ana"]), Named("The Father", 4000, cast.people["ben"])]
        order = {"ordered_on": date(2025, 1, 2), "court": "Portsmouth", "starts_on": date(2025, 2, 1), "proof_days": 30}
        file_order(viewer, client_id=family.mia, draft=OrderDraft(**order, named=named))
        for payment in Payment.objects.filter(payer_id__in=cast.people.values()):
            made.append(create_receipt(viewer, payment=payment))
            made.append(create_tax_year(viewer, payer_id=payment.payer_id, year=2026))
            whose = {"payer_id": payment.payer_id, "client_id": family.mia}
            period = {"since": date(2026, 11, 1), "through": date(2026, 11, 30)}
            made.append(create_statement(viewer, **whose, **period))
            made.append(create_superbill(viewer, **whose, **period))
            ahead = {"since": viewer.today, "through": viewer.today + timedelta(days=30)}
            made.append(create_estimate(viewer, **whose, **ahead))
            made.append(create_proof(viewer, **whose, **period))
            approve_proof(viewer, document=made[-1])
        for document in made:
            send_document(viewer, document=document)
    return made


def _payments(cast):
    with cast.as_("owner"):
        yield from Payment.objects.filter(payer_id__in=cast.people.values()).values_list("pk", flat=True)


def _talk(cast, family, name):
    """Let Dr Kim and one of the family write to each other, with a file; the child in confidence."""
    mark, party_id = MARKS[name], cast.people[name]
    with cast.as_("kim", datetime.now(UTC)) as viewer:
        draft = TalkDraft(family.mia, (party_id,), about=f"{mark} subject", confidential=name == "mia")
        talk = start_conversation(viewer, draft=draft)
        send_message(viewer, conversation_id=talk.pk, body=f"{mark} asked")
    files = [Brought(f"{mark}.txt", f"{mark} in a file".encode())]
    with acting_as(Identity(cast.practice_id, ViewerKind.PORTAL, party_id)):
        from kinbook.portal.queries.person import person_in, portal_viewer
        from kinbook.tenancy.viewer import Origin

        person = person_in(Identity(cast.practice_id, ViewerKind.PORTAL, party_id))
        viewer = portal_viewer(person, now=datetime.now(UTC), origin=Origin())
        said = send_message(viewer, conversation_id=talk.pk, body=f"{mark} answered", attachments=files)
        save_draft(viewer, conversation_id=talk.pk, body=f"{mark} draft")
        held = Attachment.objects.get(message=said)
        return SimpleNamespace(pk=talk.pk, file_id=held.pk, secret=held.secret)


def mark_rows(party_id, mark):
    """Mark every free text of every row that names the person; returns which columns were marked."""
    chosen = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.choices
    }
    marked = []
    for table in practice_tables():
        columns = dict(
            ask(
                "SELECT attname, atttypid::regtype::text FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [table],
            )
        )
        whose = next((each for each in OF_A_PERSON if each in columns), None)
        for column, kind in columns.items():
            if whose and kind == "text" and column not in KEPT and f"{table}.{column}" not in chosen:
                marked += [f"{table}.{column}"] if _mark(table, column, whose, party_id, mark) else []
    return marked


def _mark(table, column, whose, party_id, mark):
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            with transaction.atomic(using="owner"):
                cursor.execute(f"UPDATE {table} SET {column} = {column} || ' {mark}' WHERE {whose} = %s", [party_id])
                return cursor.rowcount > 0
        except DatabaseError:  # a constraint says what may stand there
            return False
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def reach_of(cast, family, name):
    """Return all that one of the family can reach, by where: pages, papers, files, letters, live pages, refusals."""
    now = datetime.now(UTC)
    secret = open_session(practice_id=cast.practice_id, party_id=cast.people[name], now=now)
    guest = Guest(secret, raise_request_exception=False)
    found = crawl(guest)
    found |= {f"GET {url}": words_of(guest.get(url)) for url in guesses(family)}
    found |= {
        f"POST {url}": words_of(guest.post(url, {"body": "", "number": "", "email": "x"})) for url in guesses(family)
    }
    found["live"] = json.dumps(look_in_portal({"kinbook_portal": secret}, "").told())
    with cast.as_("owner"):
        for letter in Letter.objects.filter(to=f"{MARKS[name]}@mail.example"):
            found[f"letter {letter.pk}"] = f"{letter.subject} {letter.body} {letter.links}".lower()
    for path in (
        "/api/v1/clients",
        f"/api/v1/clients/{family.mia}/transcript",
        f"/clients/{family.mia}/",
        "/messages/",
    ):
        found[f"staff {path}"] = words_of(guest.get(path))
    return found


def crawl(guest):
    """Follow every link of the portal from its home."""
    waiting, found = ["/portal/"], {}
    while waiting:
        url = waiting.pop()
        if url in found or "sign-out" in url:
            continue
        response = guest.get(url)
        found[url] = words_of(response)
        links = re.findall(r'(?:href|src|action|hx-get)="(/portal/[^"#]*)"', found[url])
        waiting += [link.replace("&amp;", "&") for link in links]
    return found


def guesses(family):
    """Return every address of the portal with the ids of everybody's things."""
    ids = {
        "invoice_id": [each.pk for each in family.invoice.values()],
        "visit_id": list(family.coming.values()),
        "talk_id": [each.pk for each in family.talks.values()],
        "paper_id": [each.pk for each in family.papers],
        "payment_id": family.payments,
        "year": [2025, 2026],
    }
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = f"/{pattern.pattern}"
        if "sign-" in route or "stop-viewing" in route:
            continue
        named = re.findall(r"<\w+:(\w+)>", route)
        if "file_id" in named:
            yield from (f"/portal/messages/files/{each.file_id}/{each.secret}/" for each in family.talks.values())
        elif named and named[0] in ids:
            yield from (re.sub(r"<[^>]+>", str(each), route) for each in ids[named[0]])
        elif not named:
            yield route
            yield f"{route}?search={MARKS['ben']}&q={MARKS['ana']}&child={family.leo}"


def words_of(response):
    """Return an answer's words in small letters: of pages, papers and files alike, and its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace")
    if response.get("Content-Type", "").startswith("application/pdf"):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return f"{text} {dict(response.headers)}".lower()


__all__ = ["MARKS", "mark_rows", "names", "plant", "reach_of"]
