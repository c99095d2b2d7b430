"""Hands that stay on the keyboard: search, and dialogs that begin where one types."""

import re

from playwright.sync_api import expect


def test_what_is_typed_at_once_after_the_slash_is_searched_for(page_as):
    page = page_as("helen")
    page.goto("/clients/")
    page.keyboard.press("/")
    page.keyboard.type("ortiz")
    found = page.get_by_role("dialog", name="Search").get_by_role("link", name=re.compile("Leo Ortiz"))
    expect(found.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leo Ortiz")).to_be_visible()


def test_a_dialog_begins_in_its_first_field_and_gives_the_focus_back(page_as):
    page = page_as("helen")
    page.goto("/settings/locations/")
    opener = page.get_by_role("button", name="New location").or_(page.get_by_role("link", name="New location")).first
    opener.click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_dialog_stays_that_opens_while_another_closes(page_as):
    page = page_as("helen")
    page.goto("/settings/locations/")
    page.get_by_role("button", name="New location").or_(page.get_by_role("link", name="New location")).first.click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    # the browser tells of the first one's end after the second stands in its place
    page.evaluate("""() => {
      const host = document.getElementById("dialog");
      host.querySelector("dialog").close();
      host.innerHTML = "<dialog aria-label='Second'><button>Here</button></dialog>";
      host.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true, detail: { requestConfig: {} } }));
    }""")
    page.wait_for_timeout(200)
    expect(page.get_by_role("dialog", name="Second")).to_be_visible()
