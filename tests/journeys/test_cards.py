"""Cards in the browser: kept and charged by the team, by a parent in the portal, and by the link of a mail."""

import re

from playwright.sync_api import expect


def type_in(page, number="4242424242424242"):
    """Type a card into the processor's own fields."""
    for field, value in {"number": number, "exp_month": "12", "exp_year": "30", "cvc": "123"}.items():
        page.get_by_placeholder(field).fill(value)


def test_the_biller_adds_a_card_charges_it_and_switches_autopay_on(page_as):
    page = page_as("sam")
    page.goto("/billing/?show=overdue")
    page.get_by_role("main").get_by_role("row").get_by_role("link", name=re.compile("INV-")).first.click()
    invoice = page.url
    page.get_by_role("button", name="Charge card").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_be_visible()
    if dialog.get_by_role("link", name="Add one").count():
        dialog.get_by_role("link", name="Add one").click()
        type_in(page, "5555555555554444")
        page.get_by_label("Nickname").fill("Blue one")
        page.get_by_role("button", name="Add card").click()
        expect(page.get_by_text("Mastercard ending 4444").first).to_be_visible()
        page.get_by_role("button", name=re.compile("Turn on AutoPay")).first.click()
        expect(page.get_by_role("button", name=re.compile("Turn off AutoPay")).first).to_be_visible()
        page.goto(invoice)
        page.get_by_role("button", name="Charge card").click()
    page.get_by_role("dialog").get_by_label("Amount").fill("1.00")
    page.get_by_role("dialog").get_by_role("button", name="Charge card").click()
    expect(page.get_by_role("status").filter(has_text="was charged")).to_be_visible()
    expect(page.get_by_text("−$1.00").first).to_be_visible()
    page.goto("/billing/autopay/")
    expect(page.get_by_role("heading", name="AutoPay tonight")).to_be_visible()


def test_a_parent_on_a_phone_keeps_a_card_and_pays_a_part(page_as):
    page = page_as("ben", width=360)
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Billing").click()
    page.get_by_role("link", name="Cards and AutoPay").click()
    page.get_by_role("link", name="Add card").click()
    type_in(page)
    page.get_by_label("Nickname").fill("My own")
    page.get_by_role("button", name="Add card").click()
    expect(page.get_by_role("status")).to_contain_text("Card added")
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Billing").click()
    page.get_by_role("link").filter(has_text=re.compile("Due|Overdue")).first.click()
    page.get_by_role("link", name="Pay", exact=True).click()
    page.get_by_text("Part of it").click()
    page.get_by_label("How much").fill("1.00")
    page.get_by_text("My own").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Paid. Thank you.")


def test_whoever_has_the_mail_pays_by_its_link(page_as):
    page = page_as("sam")
    page.goto("/demo/outbox")
    page.locator("a[href*='/pay/']").first.click()
    page = page.context.pages[-1]
    expect(page.get_by_text("Harbor Lane Family Therapy")).to_be_visible()
    type_in(page)
    page.get_by_text("Part of it").click()
    page.get_by_label("How much").fill("1.00")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Paid. Thank you.")
