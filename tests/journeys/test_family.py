"""From a child's first visit to the right parent's invoice, as a practice does it."""

import re

from playwright.sync_api import expect


def enter_child(page, first, last, parents, *, responsible=()):
    """Fill the New client page: a minor with its parents, the first filled into the row that is there."""
    page.goto("/clients/new/")
    page.get_by_label("Minor").check(force=True)
    page.get_by_label("Legal first name").first.fill(first)
    page.get_by_label("Legal last name").first.fill(last)
    page.get_by_label("Date of birth").first.fill("2016-03-04")
    for place, name in enumerate(parents):
        if place:
            page.get_by_role("button", name="Add contact").click()
        row = page.get_by_role("group", name="Contact", exact=True).nth(place)
        row.get_by_label("First name").fill(name)
        row.get_by_label("Last name").fill(last)
        if name in responsible:
            row.get_by_label("Responsible for billing").check()


def save(page):
    page.get_by_role("button", name="Save").click()


def open_contact_menu(page, client_name, parent):
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Contacts").click()
    page.get_by_role("listitem").filter(has_text=parent).get_by_role("button", name="Manage").click()


def test_a_contact_becomes_responsible_for_billing_and_later_sessions_move(page_as):
    """The path that the reference product's users know: Edit, Contacts, Manage, Responsible for billing, Save."""
    page = page_as("helen")
    enter_child(page, "Oscar", "Field", ["Wanda"])
    save(page)
    expect(page.get_by_role("heading", name="Oscar Field")).to_be_visible()
    expect(page.get_by_text("Nobody pays yet.")).to_be_visible()
    open_contact_menu(page, "Oscar Field", "Wanda Field")
    page.get_by_role("menuitem", name="Manage Client Portal & Billing").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Responsible for billing").check()
    expect(dialog.get_by_label("From")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="Wanda Field")).to_contain_text("Responsible for billing")
