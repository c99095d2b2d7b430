"""Two families of one practice, one of Dr Kim's and one of Dr Novak's, who share a contact; and a third elsewhere."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from kinbook.access.models import PermissionGrant, PortalGrant, RoleGrant, Token
from kinbook.accounts.models import Factor, SignIn
from kinbook.accounts.queries import user_of
from kinbook.cards.commands.cards import CardTerms, add_card
from kinbook.cards.models import CardCharge, CardRefund, ChargePart, Dispute
from kinbook.cards.processor import Method
from kinbook.documents.commands.runs import start_statements
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.models import CourtOrder, Diagnosis
from kinbook.exchange.commands.bringing import upload_file
from kinbook.exchange.commands.running import import_content
from kinbook.exchange.models import Held
from kinbook.exchange.reading.opening import Settings
from kinbook.invoices.commands.credit import add_credit_note
from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.mailings import start_mailing
from kinbook.invoices.commands.runs import start_run
from kinbook.messaging.commands.drafts import save_draft, schedule_message
from kinbook.messaging.commands.files import Brought
from kinbook.messaging.commands.send import send_message
from kinbook.messaging.commands.settling import save_template, set_messages, settle_family
from kinbook.messaging.commands.start import TalkDraft, start_conversation
from kinbook.messaging.models import Attachment
from kinbook.payments.commands import receive_payment
from kinbook.people.commands.closing import close_record
from kinbook.people.commands.parties import add_organization
from kinbook.people.models import Contact
from kinbook.practice.commands import add_product
from kinbook.rules.discount import Terms
from kinbook.scheduling.commands.book import Booking, book_appointment
from kinbook.scheduling.commands.time_off import add_time_off
from kinbook.team.commands.clients import assign_clinicians, set_supervisor
from kinbook.team.commands.permissions import grant_permission
from kinbook.team.commands.tokens import make_token
from kinbook.tenancy.fields import new_id
from kinbook.whopays.commands.cover import CoverageDraft, add_coverage
from kinbook.whopays.commands.discounts import DiscountDraft, set_discount
from tests.access.rights import ROLES, WHISPERED
from tests.cast import ELSEWHERE, Cast
from tests.messaging.family import in_portal
from tests.scheduling.visitor import Visitor

BILLS = ("owner", "manager", "entire", "fulllist", "kim", "biller")
NOVEMBER = {"since": date(2026, 11, 1), "through": date(2026, 11, 30)}
OFF = (datetime(2026, 11, 20, 14, tzinfo=UTC), datetime(2026, 11, 20, 18, tzinfo=UTC))


@dataclass
class Scene:
    """The ids of everything an address can name: of a family by whose it is, and of a member's own things."""

    cast: Cast
    families: dict[str, dict[str, UUID]] = field(default_factory=dict)
    things: dict[str, dict[str, UUID]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def named(self, role: str, whose: str) -> dict[str, UUID]:
        """Return what each name stands for, for a role: things of their own, others', of elsewhere, or of nobody."""
        treated = {"own": "other", "other": "own"} if role == "entire" else {}  # Zebedee is Dr Novak's own
        family = self.families[treated.get(whose, whose) if whose != "nobody" else "own"]
        things = {"own": role, "other": "kim" if role == "owner" else "owner"}.get(whose, "elsewhere")
        found = {**family, **self.things[things]}
        if whose == "nobody":
            found = dict.fromkeys(found, new_id())
        fixed = {"self_id": self.cast.members[role], "clinician_id": self.cast.members["kim"]}
        return {**found, **fixed, "offered_id": self.cast.service_id, "sharer_id": self.cast.members["scheduler"]}


def set_scene() -> Scene:
    """Enter both practices."""
    scene = Scene(Cast.enter())
    cast = scene.cast
    with cast.as_("owner") as viewer:
        set_supervisor(viewer, supervisee_id=cast.members["basic"], supervisor_id=cast.members["supervisor"])
        scene.families["own"] = _family(cast, viewer, "Mia", ("ben", "ana"), "kim")
        shared = [cast.members["fulllist"], cast.members["basic"]]
        mia = scene.families["own"]["client_id"]
        assign_clinicians(viewer, client_id=mia, primary_id=cast.members["kim"], shared_ids=shared)
        set_messages(viewer, on=True, for_new=True, notice_minutes=10)
        scene.families["other"] = _family(cast, viewer, "Zebedee", ("cy", "ana"), "entire")
    _let_talk(scene, "own", "kim", ("owner", "manager", "supervisor", "entire", "fulllist", "basic"))
    _let_talk(scene, "other", "entire", ("owner", "manager"))
    _let_whisper(scene)
    for role in ROLES:
        scene.things[role] = _things(cast, role, scene)
        scene.visitors[role] = Visitor(cast, role)
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    with elsewhere.as_("owner") as viewer:
        scene.families["elsewhere"] = _family(elsewhere, viewer, "Quillon", ("ben", "ana"), "kim")
        set_messages(viewer, on=True, for_new=True, notice_minutes=10)
    _let_talk(Scene(elsewhere, {"elsewhere": scene.families["elsewhere"]}), "elsewhere", "kim", ())
    scene.things["elsewhere"] = _things(elsewhere, "owner", None)
    return scene


def _family(cast, viewer, name, parents, clinician):
    client = cast.child(viewer, name, parents=parents, clinician=clinician)
    payer, shared = (cast.people[each] for each in parents)
    billed, waiting = (_shown(cast, viewer, client.pk, clinician, day) for day in (9, 16))
    invoice = issue_charges(viewer, client_id=client.pk, charge_ids=[billed.pk])[0]
    payment = receive_payment(
        viewer, payer_id=payer, cents=20_00, method="check", received_on=date(2026, 11, 18), client_id=client.pk
    )
    document = create_statement(viewer, payer_id=payer, client_id=client.pk, **NOVEMBER)
    lowered = add_credit_note(viewer, invoice=invoice, charge_id=None, cents=5_00, reason="Shorter")
    draft = DiscountDraft(Terms(percent=1000), date(2036, 1, 1))
    sliding = set_discount(viewer, client_id=client.pk, draft=draft)
    # closed to nobody: everybody is let in
    everybody = list(cast.members.values())
    closed = close_record(
        viewer, client_id=client.pk, kind="all_but_named", reason="A colleague's child", member_ids=everybody
    )
    return {
        "client_id": client.pk,
        "restriction_id": closed.pk,
        "contact_id": Contact.objects.get(client=client, party=payer).pk,
        "party_id": payer,
        "payer_id": payer,
        "person_id": payer,
        "shared_id": shared,
        "child_id": client.party_id,
        "appointment_id": waiting.pk,
        "charge_id": waiting.pk,
        "invoice_id": invoice.pk,
        "payment_id": payment.pk,
        **_card(viewer, payer, invoice, client.pk),
        "document_id": document.pk,
        "order_id": CourtOrder.objects.create(
            practice_id=viewer.practice_id,
            client=client,
            ordered_on=date(2025, 1, 1),
            court="Portsmouth",
            starts_on=date(2025, 1, 1),
            until=date(2026, 1, 1),
            proof_days=14,
            entered_at=viewer.now,
            entered_by="Sam Doyle",
        ).pk,
        "diagnosis_id": Diagnosis.objects.create(
            practice_id=viewer.practice_id,
            client=client,
            code="F84",
            starts_on=date(2026, 1, 1),
            entered_at=viewer.now,
            entered_by="Dr June Kim",
        ).pk,
        "credit_note_id": lowered.pk,
        "discount_id": sliding.pk,
        "organization_id": add_organization(viewer, name=f"School {len(cast.clients)}", kind="school").pk,
        "school_id": add_organization(viewer, name=f"Fund {len(cast.clients)}", kind="charity").pk,
        **_covered(cast, viewer, client),
        "location_id": cast.location_id,
        "service_id": cast.service_id,
        "product_id": add_product(viewer, fields={"name": "Feelings workbook", "price_cents": 20_00}).pk,
        **_brought(viewer, name),
    }


def _covered(cast, viewer, client):
    """Let a third party pay first, from a day far ahead."""
    fund = add_organization(viewer, name=f"Cover {len(cast.clients)}", kind="insurer")
    draft = CoverageDraft(fund.pk, starts_on=date(2037, 1, 1), max_sessions=12)
    return {"cover_id": fund.pk, "coverage_id": add_coverage(viewer, client_id=client.pk, draft=draft).pk}


def _card(viewer, payer, invoice, client_id):
    """Keep a card of a payer's, and a charge of it that failed."""
    method = Method(f"pm_{payer.hex}", "card", "visa", "4242", 12, 2030)
    card = add_card(viewer, payer_id=payer, method=method, terms=CardTerms())
    parts = {"practice_id": viewer.practice_id, "payer_id": payer}
    failed = CardCharge.objects.create(
        **parts, card=card, cents=10_00, currency="USD", origin="staff", state="failed", code="card_declined",
        asked_at=viewer.now, asked_by=viewer.name, first_on=viewer.today,
    )  # fmt: skip
    ChargePart.objects.create(practice_id=viewer.practice_id, charge=failed, invoice=invoice, cents=10_00)
    paid = receive_payment(
        viewer,
        payer_id=payer,
        cents=5_00,
        method="other",
        received_on=date(2026, 11, 18),
        client_id=client_id,
        parts=[],
    )
    done = CardCharge.objects.create(
        **parts, card=card, cents=5_00, currency="USD", origin="staff", state="succeeded", payment=paid,
        asked_at=viewer.now, asked_by=viewer.name, first_on=viewer.today, intent_id=f"pi_{payer.hex}",
    )  # fmt: skip
    practice = {"practice_id": viewer.practice_id, "charge": done, "cents": 1_00}
    refund = CardRefund.objects.create(**practice, reason="Overpaid", state="failed", asked_at=viewer.now)
    dispute = Dispute.objects.create(**practice, processor_id=f"dp_{payer.hex}", opened_at=viewer.now)
    return {
        "card_id": card.pk,
        "card_charge_id": failed.pk,
        "card_payment_id": paid.pk,
        "card_refund_id": refund.pk,
        "dispute_id": dispute.pk,
    }


def _let_talk(scene, whose, clinician, others):
    """Let a clinician write with a parent, with all of the team who may read it; and keep a draft to be sent later."""
    cast, family = scene.cast, scene.families[whose]
    client_id, party_id = family["client_id"], family["party_id"]
    members = tuple(cast.members[each] for each in others)
    with cast.as_("owner") as viewer:
        _open_messages(cast, client_id, party_id)
        fact = settle_family(viewer, client_id=client_id, parties=(party_id, family["shared_id"]), fact="apart")
        template = save_template(viewer, name=f"For {whose}", body="Hello")
    with cast.as_(clinician) as viewer:
        talk = start_conversation(viewer, draft=TalkDraft(client_id, (party_id,), members))
    letter = [Brought("Letter.txt", b"Hello")]
    # what is own is Dr Kim's; what is another's was written by the parent
    with cast.as_(clinician) if clinician == "kim" else in_portal(cast, party_id) as viewer:
        said = send_message(viewer, conversation_id=talk.pk, body="Hello", attachments=letter)
        if clinician == "kim":
            send_at = viewer.now + timedelta(days=300)
            draft = schedule_message(viewer, conversation_id=talk.pk, body="Later", send_at=send_at)
        else:
            draft = save_draft(viewer, conversation_id=talk.pk, body="Later")
        attachment = Attachment.objects.get(message=said)
    family |= {
        "conversation_id": talk.pk,
        "message_id": said.pk,
        "attachment_id": attachment.pk,
        "file_secret": attachment.secret,
        "file_id": draft.pk,
        "draft_id": draft.pk,
        "fact_id": fact.pk,
        "template_id": template.pk,
    }


def _open_messages(cast, client_id, party_id):
    flags = {"access": True, "messages": True}
    values = {"client_id": client_id, "party_id": party_id}
    PortalGrant.objects.update_or_create(practice_id=cast.practice_id, **values, defaults=flags)


def _let_whisper(scene):
    """Let Mia write to Dr Kim in confidence, with a file; what she says is planted."""
    cast, family = scene.cast, scene.families["own"]
    mia, child = family["client_id"], family["child_id"]
    with cast.as_("kim") as viewer:
        _open_messages(cast, mia, child)
        draft = TalkDraft(mia, (child,), about=f"{WHISPERED} about", confidential=True)
        talk = start_conversation(viewer, draft=draft)
    with in_portal(cast, child) as viewer:
        files = [Brought(f"{WHISPERED}.txt", WHISPERED.encode())]
        send_message(viewer, conversation_id=talk.pk, body=f"{WHISPERED} to Dr Kim", attachments=files)
    with cast.as_("kim") as viewer:
        save_draft(viewer, conversation_id=talk.pk, body=f"{WHISPERED} draft")


def _brought(viewer, name):
    """Bring a file that is not imported yet, and one with a child who waits for a contact."""
    uploaded = upload_file(viewer, name=f"{name}.csv", content=b"First name,Last name\nLone,Child\n")
    child = f"First name,Last name,Date of birth\nLone,{name},2015-02-03\n"
    import_content(viewer, name="held.csv", content=child.encode(), settings=Settings())
    return {"import_id": uploaded.pk, "held_id": Held.objects.get(name=f"Lone {name}").pk}


def _shown(cast, viewer, client_id, clinician, day):
    return book_appointment(
        viewer,
        booking=Booking(
            client_id=client_id,
            clinician_id=cast.members[clinician],
            service_id=cast.service_id,
            starts_at=datetime(2026, 11, day, 16, tzinfo=viewer.zone),
            status="show",
        ),
    )


def _rights(cast):
    """Grant the scheduler a permission once, and return it and their role."""
    rosa = cast.members["scheduler"]
    with cast.as_("owner") as viewer:
        held = PermissionGrant.objects.first() or grant_permission(
            viewer, member_id=rosa, action="reports:see", scope="all", note="Stands in"
        )
        return {"permission_id": held.pk, "role_id": RoleGrant.objects.get(member_id=rosa).pk}


def _ways_in(viewer):
    """Enter a member's own second step, and another browser of theirs."""
    user, now = user_of(viewer), datetime.now(UTC)
    factor = Factor.objects.create(user=user, kind="totp", name="App", created_at=now)
    browser = SignIn.objects.create(
        session_key=factor.pk.hex, user=user, expire_date=now + timedelta(days=1), opened_at=now, last_used_at=now
    )
    return {"factor_id": factor.pk, "sign_in_id": browser.id}


def _things(cast, role, scene):
    """Enter a member's own token, time off and run."""
    found = {"member_id": cast.members["scheduler"], **_rights(cast)}
    with cast.as_(role) as viewer:
        token, secret = make_token(viewer, label=role)
        if scene:
            scene.secrets[role] = secret
        found["token_id"] = token.pk
        found |= _ways_in(viewer)
        if role in BILLS:
            found["run_id"] = start_run(viewer, through=date(2026, 11, 1)).pk
            found["statement_run_id"] = start_statements(viewer, **NOVEMBER, sends=False).pk
            found["mailing_id"] = start_mailing(viewer, kind="remind").pk
    with cast.as_("owner") as viewer:
        off = add_time_off(viewer, member_id=cast.members[role], starts_at=OFF[0], ends_at=OFF[1])
        found["time_off_id"] = off.pk
        found.setdefault("run_id", start_run(viewer, through=date(2026, 11, 1)).pk)
        found.setdefault("statement_run_id", start_statements(viewer, **NOVEMBER, sends=False).pk)
        found.setdefault("mailing_id", start_mailing(viewer, kind="remind").pk)
    found["job_id"] = found["run_id"]
    assert Token.objects.filter(pk=found["token_id"]).exists()
    return found
