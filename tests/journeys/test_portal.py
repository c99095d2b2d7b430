"""A newcomer follows the links: invited, signed in by mail, confirmed; with the keyboard and a screen reader too."""

import re

from playwright.sync_api import expect


def outbox_link(page, words):
    """Follow the newest letter's link that is for a person."""
    page.goto("/demo/outbox")
    letter = page.locator("article", has_text=words).first
    letter.locator("a[href*='/portal/']").first.click()


def test_a_parent_signs_in_by_the_link_in_the_outbox(page_as):
    page = page_as("")
    page.goto("/portal/")
    page.get_by_label("Email").fill("ben.ortiz@mail.example")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    for _ in range(40):
        page.goto("/demo/outbox")
        if page.get_by_text("Your link to sign in").count():
            break
        page.wait_for_timeout(250)
    outbox_link(page, "Your link to sign in")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello, Ben")).to_be_visible()
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_parent_on_a_phone_confirms_chooses_a_child_and_reads_an_invoice(page_as):
    page = page_as("ana", width=360)
    expect(page.get_by_role("navigation", name="Portal")).to_be_visible()
    page.get_by_role("link", name="Appointments").click()
    page.get_by_role("button", name="Confirm").first.click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed")
    expect(page.get_by_text("You confirmed").first).to_be_visible()
    page.get_by_role("navigation", name="Whose").get_by_role("link", name="Mia").click()
    expect(page.get_by_text(re.compile("Leo,"))).to_have_count(0)
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Billing").click()
    page.get_by_role("link", name=re.compile("INV-")).first.click()
    expect(page.get_by_role("link", name="Download PDF")).to_be_visible()


def test_the_first_tab_skips_to_the_page(page_as):
    page = page_as("mia", width=360)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    expect(page.get_by_role("navigation", name="Portal").get_by_role("link", name="Billing")).to_have_count(0)


def test_staff_view_as_a_parent_and_stop(page_as):
    page = page_as("helen")
    page.goto("/clients/?search=Mia+Ortiz")
    page.get_by_role("link", name="Mia Ortiz").first.click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("link", name="Client Portal").click()
    page.get_by_role("button", name="Portal", exact=True).nth(1).click()
    page.get_by_text("View as Ana").click()
    expect(page.get_by_text("You are viewing as Ana Ortiz")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    page.get_by_role("button", name="Stop viewing").click()
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()


def test_a_passkey_is_added_signs_in_and_is_removed(page_as):
    page = page_as("ben", width=360)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "isUserVerified": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("link", name="Profile").click()
    page.get_by_label("Name of the device").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("Added")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Hello, Ben")).to_be_visible()
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Remove My phone").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey of yours was read").first).to_be_visible()
