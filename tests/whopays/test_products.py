"""Products of the practice: chosen when a charge is added, they bring their name and price with them."""

import pytest

from kinbook.practice.commands import add_product, change_product
from kinbook.practice.models import Product
from kinbook.tenancy.fields import new_id
from kinbook.tenancy.refused import Forbidden, Invalid
from kinbook.whopays.commands.by_hand import sell_product
from kinbook.whopays.models import Charge, Share
from tests.api.caller import Caller, is_problem
from tests.cast import nov
from tests.money import promises_hold
from tests.scheduling.visitor import Visitor

WORKBOOK = {"name": "Feelings workbook", "price_cents": 24_90}


@pytest.fixture
def mia(cast):
    with cast.as_("owner") as viewer:
        return cast.child(viewer)


@pytest.fixture
def workbook(cast):
    with cast.as_("owner") as viewer:
        return add_product(viewer, fields=WORKBOOK)


@pytest.fixture
def owner(cast):
    return Caller(cast, "owner")


def test_a_product_is_added_changed_and_taken_off_the_list(cast):
    owner = Visitor(cast, "owner")
    assert "No products yet" in owner.get("/settings/products/").content.decode()
    owner.send("/settings/products/new/", {"name": "Workbook", "price_cents": "24.90"})
    with cast.as_("owner"):
        made = Product.objects.get()
    assert (made.name, made.price_cents, made.is_active) == ("Workbook", 24_90, True)
    url = f"/settings/products/{made.pk}/"
    told = owner.dialog(url).content.decode()
    assert 'value="24.90"' in told
    changed = {"name": "Workbook 2", "price_cents": "26", "version": made.version}
    assert owner.send(url, changed).status_code == 204
    assert owner.send(url, changed).status_code == 422, "somebody changed it meanwhile"
    assert "Not offered" in owner.get("/settings/products/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"price_cents": 0}, "price_cents"), ({"price_cents": 10**11}, "price_cents")],
)
def test_a_product_has_a_name_and_a_price(cast, wrong, field):
    with cast.as_("owner") as viewer, pytest.raises(Invalid) as refused:
        add_product(viewer, fields=WORKBOOK | wrong)
    assert set(refused.value.problems) == {field}


def test_only_who_changes_settings_changes_products(cast, workbook):
    with cast.as_("biller") as viewer, pytest.raises(Forbidden):
        change_product(viewer, product_id=workbook.pk, fields={"price_cents": 1})


def test_the_dialog_fills_what_it_is_for_and_the_amount_which_can_be_changed(cast, mia, workbook):
    sam = Visitor(cast, "biller")
    url = f"/clients/{mia.pk}/billing/charge/"
    assert "Feelings workbook" in sam.dialog(url).content.decode()
    filled = sam.dialog(url, {"product": str(workbook.pk), "date": "2026-11-20"}).content.decode()
    assert 'value="Feelings workbook"' in filled
    assert 'value="24.90"' in filled
    assert 'value="2026-11-20"' in filled
    posted = {"kind": "product", "product": str(workbook.pk), "description": "Workbook, used", "amount_cents": "10"}
    assert sam.send(url, posted | {"date": "2026-11-20"}).status_code == 204
    with cast.as_("owner"):
        made = Charge.objects.get()
        assert (made.product_id, made.description, made.cents, made.on_date) == (
            workbook.pk,
            "Workbook, used",
            10_00,
            nov(20),
        )
        assert Share.objects.get().payer_id == cast.people["ana"]
        promises_hold(cast)


def test_a_fee_is_added_without_a_product_and_mistakes_are_told_beside_their_field(cast, mia):
    sam = Visitor(cast, "biller")
    url = f"/clients/{mia.pk}/billing/charge/"
    fee = {"kind": "fee", "description": "Letter to the school", "amount_cents": "35", "date": "2026-11-18"}
    for name, wrong in (("amount_cents", "0"), ("amount_cents", "x"), ("description", ""), ("date", "1500-01-01")):
        refused = sam.send(url, fee | {name: wrong})
        assert refused.status_code == 422, (name, wrong)
        assert "errorlist" in refused.content.decode()
    assert sam.send(url, fee | {"product": str(new_id())}).status_code == 422
    assert sam.send(url, fee).status_code == 204
    told = sam.get(f"/clients/{mia.pk}/billing/").content.decode()
    assert "Letter to the school" in told


def test_a_later_price_changes_nothing_charged_before(cast, mia, workbook):
    with cast.as_("owner") as viewer:
        sell_product(viewer, client_id=mia.pk, product_id=workbook.pk, on=nov(4))
        change_product(viewer, product_id=workbook.pk, fields={"price_cents": 30_00, "is_active": False})
        assert Charge.objects.get().cents == 24_90
        with pytest.raises(Invalid, match="not sold"):
            sell_product(viewer, client_id=mia.pk, product_id=workbook.pk, on=nov(4))


def test_programs_name_a_product_and_may_change_what_it_brings(cast, mia, owner):
    made = owner.post("/products", WORKBOOK)
    assert owner.get("/products")["items"] == [made]
    charge = {"client_id": str(mia.pk), "kind": "product", "date": "2026-11-18", "product_id": made["id"]}
    told = owner.post("/charges", charge)
    assert (told["description"], told["amount_cents"]) == ("Feelings workbook", 24_90)
    assert told["product_id"] == made["id"]
    other = owner.post("/charges", charge | {"amount_cents": 5_00, "description": "Used"})
    assert (other["description"], other["amount_cents"]) == ("Used", 5_00)
    is_problem(owner.post("/charges", charge | {"kind": "fee"}, 422), 422, "product_id")
    is_problem(owner.post("/charges", charge | {"product_id": str(new_id())}, 422), 422, "product_id")
    bare = {name: value for name, value in charge.items() if name != "product_id"}
    is_problem(owner.post("/charges", bare, 422), 422, "description")
    owner.patch(f"/products/{made['id']}", {"is_active": False})
    is_problem(owner.post("/charges", charge, 422), 422, "product_id")
