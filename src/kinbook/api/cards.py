"""Cards of a payer, automatic payment, and charges; no number of a card is ever sent here."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.api.fields import Body, Choice, Id, SomeCents
from kinbook.audit.record import record
from kinbook.cards.commands.autopay import end_autopay, set_autopay
from kinbook.cards.commands.cards import LONGEST_NAME, CardTerms, card_of, remove_card
from kinbook.cards.commands.carry_on import carry_on
from kinbook.cards.commands.charge import ask_charge
from kinbook.cards.commands.typed import begin, finish
from kinbook.cards.models import ON_ITS_WAY, Card, CardCharge, Origin
from kinbook.cards.queries.cards import autopay_by_client, charge_for, payer_for
from kinbook.cards.queries.keys import account
from kinbook.invoices.commands.settle import Settles
from kinbook.invoices.models import Invoice
from kinbook.people.queries import client_for, same_person
from kinbook.rules.allocate import Open, oldest_first
from kinbook.team.queries import acting_for
from kinbook.tenancy.refused import Invalid
from kinbook.tenancy.viewer import Viewer
from kinbook.web.page import Afterwards
from kinbook.web.request import Request

router = Router(tags=["Cards"], by_alias=True)


class CardBody(Body):
    """A card that its holder has typed in at the processor, by the set-up made for it."""

    set_up_id: str = Field(max_length=255, description="Of `POST /payers/{payer_id}/card-set-ups`, once it succeeded.")
    nickname: str | None = Field(None, max_length=LONGEST_NAME)
    client_id: Id | None = Field(None, description="The only client it may pay for; null: any.")
    max_charge_cents: SomeCents | None = None
    max_month_cents: SomeCents | None = None


class CardShown(BaseModel):
    """A card or bank account, of which the last four digits are known and no more."""

    id: UUID
    payer_id: UUID
    client_id: UUID | None
    kind: str = Field(description="card or bank.")
    brand: str
    last_four: str
    exp_month: int | None
    exp_year: int | None
    nickname: str
    max_charge_cents: int | None
    max_month_cents: int | None
    autopay_client_ids: list[UUID] = Field(description="Whose invoices it pays by itself, today.")


class CardsShown(BaseModel):
    """All cards of a payer; not paged."""

    items: list[CardShown]
    next: str | None = None


class SetUpShown(BaseModel):
    """What a browser needs to take a card's number to the processor."""

    id: str
    client_secret: str
    publishable_key: str


class AutoPayBody(Body):
    """Which card pays a client's invoices on their due date, from today on."""

    client_id: Choice
    card_id: Choice
    max_cents: SomeCents | None = None


class AutoPayShown(BaseModel):
    """Automatic payment of one payer for one client."""

    payer_id: UUID
    client_id: UUID
    card_id: UUID
    starts_on: date = Field(serialization_alias="from")
    max_cents: int | None


class AutoPayAsked(BaseModel):
    """For which client."""

    client_id: Id


class CardChargeShown(BaseModel):
    """One try to charge a card."""

    id: UUID
    payer_id: UUID
    card_id: UUID
    amount_cents: int
    currency: str
    state: str = Field(description="started, unknown (no answer yet), processing, succeeded or failed.")
    reason: str | None = Field(description="Why it failed, in words.")
    code: str | None
    attempt: int
    next_try_on: date | None
    fee_cents: int | None = Field(description="What the processor kept; null while it does not say.")
    payment_id: UUID | None
    asked_at: datetime


def clock() -> datetime:
    """Return the time, for what goes on after the request's own moment."""
    return datetime.now(UTC)


def answered(shown: BaseModel, status: int) -> HttpResponse:
    """Return a value as an answer; for what is finished once the request's transaction is over."""
    text = shown.model_dump_json(by_alias=True)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


@router.get("/payers/{payer_id}/cards", response=CardsShown)
def list_cards(request: Request, payer_id: Id) -> CardsShown:
    """A payer's cards, the first added first."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, payer_id)
    cards = list(Card.objects.kept().filter(payer_id__in=same_person(party.pk)).order_by("added_at", "pk"))
    record(request.viewer, "cards.viewed", party, count=len(cards))
    return CardsShown(items=cards_shown(request.viewer, cards))


@router.post("/payers/{payer_id}/card-set-ups", response={201: SetUpShown})
def create_set_up(request: Request, payer_id: Id) -> HttpResponse:
    """Begin to keep a card: with the secret a browser takes its number to the processor (`confirmCardSetup`)."""
    require(request.viewer, Action.PAYMENT_ADD)
    party, practice_id = payer_for(request.viewer, payer_id), request.viewer.practice_id
    key = account().publishable
    record(request.viewer, "card.set_up_asked", party)

    def done() -> HttpResponse:
        begun = begin(practice_id, party.pk, clock)
        return answered(SetUpShown(id=begun.id, client_secret=begun.secret, publishable_key=key), 201)

    return Afterwards(done)


@router.post("/payers/{payer_id}/cards", response={201: CardShown})
def create_card(request: Request, payer_id: Id, body: CardBody) -> HttpResponse:
    """Keep the card that was typed in; the same one again is the one that is kept."""
    viewer = request.viewer
    require(viewer, Action.PAYMENT_ADD, body.client_id)
    party = payer_for(viewer, payer_id)
    if body.client_id:
        client_for(viewer, body.client_id)
    account()
    record(viewer, "card.keeping_asked", party)
    terms = CardTerms(body.nickname or "", body.client_id, body.max_charge_cents, body.max_month_cents)

    def done() -> HttpResponse:
        card = finish(viewer.practice_id, party.pk, body.set_up_id, clock, terms=terms, by=viewer.name)
        with acting_for(viewer.practice_id, None, now=clock()) as rule:
            return answered(cards_shown(rule, [card])[0], 201)

    return Afterwards(done)


@router.delete("/payers/{payer_id}/cards/{card_id}", response={204: None})
def delete_card(request: Request, payer_id: Id, card_id: Id) -> Status[None]:
    """Forget a card; automatic payment with it ends today."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, payer_id)
    remove_card(request.viewer, card=card_of(party.pk, card_id))
    return Status(204, None)


@router.put("/payers/{payer_id}/autopay", response=AutoPayShown)
def put_autopay(request: Request, payer_id: Id, body: AutoPayBody) -> AutoPayShown:
    """Let a card pay a client's invoices on their due date; another card steps back for it."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, payer_id)
    client = client_for(request.viewer, body.client_id)
    card = Card.objects.kept().filter(pk=body.card_id, payer_id__in=same_person(party.pk)).first()
    if card is None:
        raise Invalid(card_id="Choose a card of this payer.")
    held = set_autopay(request.viewer, card=card, client_id=client.pk, most_cents=body.max_cents)
    return AutoPayShown(
        payer_id=party.pk,
        client_id=client.pk,
        card_id=card.pk,
        starts_on=held.starts_on,
        max_cents=held.most_cents,
    )


@router.delete("/payers/{payer_id}/autopay", response={204: None})
def delete_autopay(request: Request, payer_id: Id, asked: Query[AutoPayAsked]) -> Status[None]:
    """Let nothing of a client's be paid by itself any more."""
    require(request.viewer, Action.PAYMENT_ADD)
    party = payer_for(request.viewer, payer_id)
    client = client_for(request.viewer, asked.client_id)
    end_autopay(request.viewer, payer_id=party.pk, client_id=client.pk)
    return Status(204, None)


@router.get("/card-charges/{card_charge_id}", response=CardChargeShown)
def read_card_charge(request: Request, card_charge_id: Id) -> CardChargeShown:
    """How a charge stands."""
    found = charge_for(request.viewer, card_charge_id)
    record(request.viewer, "card.charge_viewed", found)
    return charge_shown(found)


def charge_card(
    viewer: Viewer, *, payer_id: UUID, card_id: UUID | None, cents: int, parts: Sequence[Settles] | None
) -> HttpResponse:
    """Charge a payer's card; 200 once it is known how it ended, 202 while it is on its way."""
    card = Card.objects.kept().filter(pk=card_id, payer_id__in=same_person(payer_id)).first() if card_id else None
    if card is None:
        raise Invalid(card_id="Name a card of this payer: a card is charged, not entered.")
    chosen = _oldest(payer_id, cents) if parts is None else list(parts)
    if sum(part.cents for part in chosen) != cents:
        raise Invalid(amount_cents="A card is charged for what is due on invoices: the sum of the allocations.")
    try:
        asked = ask_charge(viewer, card=card, parts=chosen, origin=Origin.API)
    except Invalid as refused:
        names = {"amount": "amount_cents", "card": "card_id"}
        raise Invalid(**{names.get(name, name): text for name, text in refused.problems.items()}) from None
    practice_id, charge_id = viewer.practice_id, asked.pk

    def done() -> HttpResponse:
        carry_on(practice_id, charge_id, clock)
        with acting_for(practice_id, None, now=clock()):
            found = CardCharge.objects.get(pk=charge_id)
        return answered(charge_shown(found), 202 if found.state in ON_ITS_WAY else 200)

    return Afterwards(done)


def _oldest(payer_id: UUID, cents: int) -> list[Settles]:
    rows = Invoice.objects.filter(payer_id__in=same_person(payer_id), standing__due_cents__gt=0)
    values = rows.values_list("pk", "due_on", "number", "standing__due_cents")
    open_ones = [Open(str(pk), due_on, number, due) for pk, due_on, number, due in values]
    return [Settles(UUID(invoice), part) for invoice, part in oldest_first(cents, open_ones)]


def cards_shown(viewer: Viewer, cards: Sequence[Card]) -> list[CardShown]:
    """Return cards as programs see them: one query more."""
    held = autopay_by_client(viewer.today, {each.payer_id for each in cards})
    return [
        CardShown(
            id=each.pk,
            payer_id=each.payer_id,
            client_id=each.client_id,
            kind=each.kind,
            brand=each.brand,
            last_four=each.last_four,
            exp_month=each.exp_month,
            exp_year=each.exp_year,
            nickname=each.nickname,
            max_charge_cents=each.most_a_charge,
            max_month_cents=each.most_a_month,
            autopay_client_ids=[client_id for client_id, one in held.items() if one.card_id == each.pk],
        )
        for each in cards
    ]


def charge_shown(found: CardCharge) -> CardChargeShown:
    """Return a charge as programs see it."""
    has_failed = found.state == "failed"
    return CardChargeShown(
        id=found.pk,
        payer_id=found.payer_id,
        card_id=found.card_id,
        amount_cents=found.cents,
        currency=found.currency,
        state=found.state,
        reason=found.why if has_failed else None,
        code=found.code if has_failed else None,
        attempt=found.attempt,
        next_try_on=found.next_try_on,
        fee_cents=found.fee_cents,
        payment_id=found.payment_id,
        asked_at=found.asked_at,
    )
