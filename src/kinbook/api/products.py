"""What the practice sells beside its services."""

from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel

from kinbook.access.actions import Action
from kinbook.access.policy import may
from kinbook.api.fields import Body, Flag, Id, Name, SomeCents
from kinbook.api.frame import require_match
from kinbook.api.paging import Asked, Page, page_of
from kinbook.audit.record import record
from kinbook.practice.commands import add_product
from kinbook.practice.commands import change_product as change
from kinbook.practice.models import Product
from kinbook.tenancy.refused import Unknown
from kinbook.tenancy.viewer import Viewer
from kinbook.web.request import Request

router = Router(tags=["Practice"], by_alias=True)

FIELDS = ("name", "price_cents", "is_active")


class ProductBody(Body):
    """A product and its price."""

    name: Name
    price_cents: SomeCents


class ProductChange(Body):
    """What changes of a product; what was charged before stays."""

    name: Name | None = None
    price_cents: SomeCents | None = None
    is_active: Flag | None = None


class ProductShown(BaseModel):
    """What the practice sells; the price is null where the member may not see any."""

    id: UUID
    name: str
    price_cents: int | None
    currency: str
    is_active: bool


@router.post("/products", response={201: ProductShown})
def create_product(request: Request, body: ProductBody) -> ProductShown:
    """Add a product."""
    return _shown(request.viewer, add_product(request.viewer, fields=body.sent(*FIELDS[:-1])))


@router.get("/products", response=Page[ProductShown])
def list_products(request: Request, asked: Query[Asked]) -> Page[ProductShown]:
    """What the practice sells, by name; what it has stopped selling too."""
    rows = Product.objects.all()  # the whole team sees what the practice offers
    found, more = page_of(rows, asked, "name", "pk")
    record(request.viewer, "products.listed", count=len(found))
    return Page[ProductShown](items=[_shown(request.viewer, row) for row in found], next=more)


@router.get("/products/{product_id}", response=ProductShown)
def read_product(request: Request, product_id: Id) -> ProductShown:
    """One product."""
    return _shown(request.viewer, _product(product_id))


def _product(product_id: Id) -> Product:
    found = Product.objects.filter(pk=product_id).first()
    if found is None:
        raise Unknown
    return found


@router.patch("/products/{product_id}", response=ProductShown)
def change_product(request: Request, product_id: Id, body: ProductChange) -> ProductShown:
    """Change a product; what is left out stays."""
    viewer = request.viewer
    Product.objects.select_for_update().filter(pk=product_id).first()
    require_match(request, _shown(viewer, _product(product_id)))
    return _shown(viewer, change(viewer, product_id=product_id, fields=body.sent(*FIELDS)))


def _shown(viewer: Viewer, row: Product) -> ProductShown:
    return ProductShown(
        id=row.pk,
        name=row.name,
        price_cents=row.price_cents if may(viewer, Action.APPOINTMENT_DUE_SEE) else None,
        currency=viewer.currency,
        is_active=row.is_active,
    )
