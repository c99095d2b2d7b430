"""What a person does on the screens, by the labels they read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect


def start_child(page, first, last, *, born="2016-03-04"):
    """Open New client and fill in a minor."""
    page.goto("/clients/new/")
    page.get_by_label("Minor").check(force=True)
    client = page.get_by_role("region", name="Client", exact=True)
    client.get_by_label("Legal first name").fill(first)
    client.get_by_label("Legal last name").fill(last)
    client.get_by_label("Date of birth").fill(born)


def add_parent(page, place, first, last, *, responsible=False):
    """Fill in a new contact; the form has one row to begin with."""
    if place:
        page.get_by_role("button", name="Add contact").click()
    row = page.get_by_role("group", name="Contact", exact=True).nth(place)
    row.get_by_label("First name").fill(first)
    row.get_by_label("Last name").fill(last)
    if responsible:
        row.get_by_label("Responsible for billing").check()


def add_known(page, name, *, responsible=False):
    """Choose somebody who is known already as a contact."""
    page.get_by_role("button", name="Add existing client or contact").click()
    row = page.get_by_role("group", name="Contact who is known already").last
    row.get_by_role("searchbox").press_sequentially(name.split()[0])
    row.get_by_role("link", name=name).click()
    expect(row.get_by_text(name)).to_be_visible()
    if responsible:
        row.get_by_label("Responsible for billing").check()


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def leave_out_empty_row(page):
    page.get_by_role("button", name="Remove this contact").first.click()


def manage(page, name):
    """Open a contact's menu on the Contacts tab."""
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Contacts").click()
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="Manage").click()


def book_shown(page, client, on: date, *, time="09:00", service="Individual session"):
    """Book an appointment that took place, by the client's own button."""
    page.get_by_role("button", name="New appointment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Service").select_option(service)
    dialog.get_by_label("Date", exact=True).fill(on.isoformat())
    dialog.get_by_label("Time", exact=True).fill(time)
    dialog.get_by_label("Status").select_option("Show")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def ago(days):
    """Return the date so many days ago, where the practice is."""
    return datetime.now(ZoneInfo("America/New_York")).date() - timedelta(days=days)


def open_tab(page, name):
    page.get_by_role("navigation", name="Client").get_by_role("link", name=name).click()
