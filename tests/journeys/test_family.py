"""From a child's first visit to the right parent's invoice, as a practice does it."""

import re

from playwright.sync_api import expect

from tests.journeys import steps


def test_a_contact_becomes_responsible_for_billing_and_later_sessions_move(page_as):
    """The path users know: Overview, Edit, Contacts, Manage, Responsible for billing, Save."""
    page = page_as("helen")
    steps.start_child(page, "Oscar", "Field")
    steps.add_parent(page, 0, "Wanda", "Field")
    steps.save(page)
    expect(page.get_by_role("heading", name="Oscar Field")).to_be_visible()
    expect(page.get_by_text("Nobody pays yet.")).to_be_visible()
    steps.book_shown(page, "Oscar Field", steps.ago(1))
    expect(page.get_by_text("Needs a payer").first).to_be_visible()
    steps.manage(page, "Wanda Field")
    page.get_by_role("menuitem", name="Manage Client Portal & Billing").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Responsible for billing").check()
    expect(dialog.get_by_text("No uninvoiced appointment moves.")).to_be_visible()
    dialog.get_by_label("From").fill(steps.ago(7).isoformat())
    dialog.get_by_label("From").blur()
    expect(dialog.get_by_text(re.compile("1 appointment"))).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="Wanda Field")).to_contain_text("Responsible for billing")
    page.get_by_role("link", name="Oscar Field").click()
    steps.open_tab(page, "Billing")
    row = page.get_by_role("row").filter(has_text="Individual session")
    expect(row).to_contain_text("One payer: Wanda")
    row.get_by_role("button", name="Create invoice").click()
    expect(page.get_by_role("heading", name=re.compile("INV-"))).to_be_visible()
    expect(page.get_by_text("Billed to")).to_be_visible()
    expect(page.get_by_text("Wanda Field").first).to_be_visible()


def test_two_parents_alternate_for_a_month(page_as):
    page = page_as("helen")
    steps.start_child(page, "Iris", "Young")
    steps.add_parent(page, 0, "Carla", "Young", responsible=True)
    steps.add_parent(page, 1, "Dan", "Young", responsible=True)
    chooser = page.get_by_role("group", name="Who pays")
    expect(chooser.get_by_label("Alternate by appointment")).to_be_checked()
    steps.save(page)
    expect(page.get_by_role("heading", name="Iris Young")).to_be_visible()
    for day in (28, 21, 14, 7):
        steps.book_shown(page, "Iris Young", steps.ago(day))
    steps.open_tab(page, "Billing")
    rows = page.get_by_role("row").filter(has_text="Individual session")
    for place, parent in enumerate(("Carla", "Dan", "Carla", "Dan")):
        expect(rows.nth(place)).to_contain_text(f"Alternate by appointment: {parent}'s turn")
    page.get_by_role("link", name="Create invoices").click()
    expect(page.get_by_text("2 invoices", exact=True)).to_be_visible()
    page.get_by_role("button", name="Create invoices").click()
    expect(page.get_by_text("2 invoices, $480.00")).to_be_visible()
    for parent in ("Carla Young", "Dan Young"):
        expect(page.get_by_role("row").filter(has_text=parent)).to_contain_text("$240.00")


def test_a_split_of_sixty_and_forty_makes_two_invoices(page_as):
    page = page_as("helen")
    steps.start_child(page, "Pia", "Lorenz")
    steps.add_parent(page, 0, "Eva", "Lorenz", responsible=True)
    steps.add_parent(page, 1, "Jan", "Lorenz", responsible=True)
    page.get_by_role("group", name="Who pays").get_by_label("Split", exact=True).check(force=True)
    page.get_by_label("Percent of Eva").fill("60")
    page.get_by_label("Percent of Jan").fill("40")
    steps.save(page)
    expect(page.get_by_role("heading", name="Pia Lorenz")).to_be_visible()
    steps.book_shown(page, "Pia Lorenz", steps.ago(2))
    steps.open_tab(page, "Billing")
    row = page.get_by_role("row").filter(has_text="Individual session")
    expect(row).to_contain_text("$72.00")
    expect(row).to_contain_text("$48.00")
    page.get_by_role("link", name="Create invoices").click()
    page.get_by_role("button", name="Create invoices").click()
    expect(page.get_by_role("row").filter(has_text="Eva Lorenz")).to_contain_text("$72.00")
    expect(page.get_by_role("row").filter(has_text="Jan Lorenz")).to_contain_text("$48.00")
    page.get_by_role("row").filter(has_text="Jan Lorenz").get_by_role("link").first.click()
    told = page.get_by_role("main").get_by_role("complementary")
    expect(told).to_contain_text("Your share")
    expect(told).not_to_contain_text("Eva")
    expect(told).not_to_contain_text("60")


def test_siblings_share_a_parent(page_as):
    page = page_as("helen")
    steps.start_child(page, "Ruben", "Ortiz")
    steps.leave_out_empty_row(page)
    steps.add_known(page, "Ana Ortiz", responsible=True)
    steps.save(page)
    expect(page.get_by_role("heading", name="Ruben Ortiz")).to_be_visible()
    beside = page.get_by_role("complementary")
    expect(beside.get_by_role("link", name=re.compile("Leo Ortiz"))).to_be_visible()
    expect(beside.get_by_role("link", name=re.compile("Mia Ortiz"))).to_be_visible()
    beside.get_by_role("link", name="Ana Ortiz").first.click()
    page.get_by_role("link", name="Contact info").click()
    for child in ("Leo Ortiz", "Mia Ortiz", "Ruben Ortiz"):
        expect(page.get_by_role("main").get_by_role("link", name=child)).to_be_visible()


def test_an_invoice_to_the_wrong_parent_is_readdressed_in_one_step(page_as):
    """The demo's story: that Friday Leo was with Ben, and Ana holds the invoice."""
    page = page_as("sam")
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("searchbox").press_sequentially("Leo Ort")
    page.get_by_role("dialog").get_by_role("link", name="Leo Ortiz").click()
    wrong = page.get_by_role("main").get_by_role("listitem").filter(has_text="Issued").filter(has_text="Ana")
    wrong.get_by_role("link", name=re.compile("INV-")).first.click()
    number = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Re-address").click()
    page.get_by_label("By the arrangement").check(force=True)
    page.get_by_label("Why").fill("Leo was with Ben that day")
    expect(page.get_by_text("A new invoice goes to Ben,")).to_be_visible()
    page.get_by_role("button", name="Re-address").click()
    expect(page.get_by_text("Ben Ortiz").first).to_be_visible()
    new = page.get_by_role("heading", level=1).inner_text()
    assert new != number
    page.get_by_role("link", name="Leo Ortiz").first.click()
    timeline = page.get_by_role("main").get_by_role("listitem")
    expect(timeline.filter(has_text=number)).to_contain_text("Void")
    expect(timeline.filter(has_text=new)).to_contain_text("Ben")
