"""The calendar as a clinician has it before her, between two sessions."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import steps

FREE = "2031-03-05"
"""A Wednesday on which nothing is booked yet."""
HOUR = 66
"""So many pixels high is an hour."""
HEAVIEST = 250_000


def open_week(page, day=FREE, view="week"):
    page.goto(f"/calendar/?view={view}&date={day}")
    page.wait_for_load_state("networkidle")


def event(page, name):
    return page.get_by_role("group", name="Calendar").get_by_role("link", name=re.compile(name))


def on_day(page, place):
    """Return the middle of a day's column, Monday being 0, and the height of ten o'clock."""
    head = page.locator(".ec-col-head").nth(place).bounding_box()
    ten = page.get_by_text("10:00", exact=True).first.bounding_box()
    return head["x"] + head["width"] / 2, ten["y"] + ten["height"] / 2


def choose_client(page, name):
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox", name="Client").press_sequentially(name.split()[0])
    dialog.get_by_role("link", name=name).click()
    expect(dialog.get_by_role("button", name="Another")).to_be_visible()


def book(page, name, **fields):
    """Fill in the open dialog and save it."""
    choose_client(page, name)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Service").select_option("Individual session")
    for label, value in fields.items():
        if label == "Repeats":
            dialog.get_by_role("combobox", name=label, exact=True).select_option(value)
        else:
            dialog.get_by_label(label, exact=True).fill(value)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 4, start[1] + 4)
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def handle(shown):
    """Return a place on an appointment to take hold of."""
    box = shown.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 8


def test_a_click_books_a_drag_moves_and_undo_brings_back(page_as):
    page = page_as("kim")
    open_week(page)
    x, ten = on_day(page, 2)
    page.mouse.click(x, ten + 3)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Date", exact=True)).to_have_value(FREE)
    expect(dialog.get_by_label("Time", exact=True)).to_have_value("10:00")
    book(page, "Leo Ortiz")
    expect(page.get_by_text("Leo Ortiz is booked for Wed 5 Mar, 10:00.")).to_be_visible()
    shown = event(page, "Leo Ortiz")
    next_day = on_day(page, 3)[0] - x
    start = handle(shown)
    drag(page, start, (start[0] + next_day, start[1] + HOUR))
    expect(page.get_by_text("Leo Ortiz: Thu 6 Mar, 11:00 – 11:50.")).to_be_visible()
    expect(event(page, "Leo Ortiz")).to_have_accessible_name(re.compile("Thursday 6 March, until 11:50"))
    page.get_by_role("button", name="Undo").click()
    expect(event(page, "Leo Ortiz")).to_have_accessible_name(re.compile("Wednesday 5 March, until 10:50"))
    box = event(page, "Leo Ortiz").bounding_box()
    foot = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 1)
    page.mouse.move(*foot)
    drag(page, foot, (foot[0], foot[1] + HOUR / 2))
    expect(event(page, "Leo Ortiz")).to_have_accessible_name(re.compile(r"until 11:\d\d"))


def test_hours_that_are_drawn_are_booked_or_taken_off(page_as):
    page = page_as("kim")
    open_week(page, "2031-03-12")
    x, ten = on_day(page, 0)
    drag(page, (x, ten + 4), (x, ten + 4 + 1.5 * HOUR))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Minutes")).to_have_value(re.compile("90|105"))
    dialog.get_by_role("button", name="Time off instead").click()
    expect(dialog.get_by_label("From time")).to_have_value("10:00")
    dialog.get_by_label("What for").fill("School meeting")
    dialog.get_by_label("Until time").fill("12:00")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=re.compile("School meeting")).click()
    expect(dialog.get_by_text(re.compile("10:00 – .*12:00", re.DOTALL))).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.click(x, ten + HOUR)
    expect(dialog.get_by_text("Time off: School meeting, Mon 10 Mar, 10:00 – 12:00")).to_be_visible()


def test_the_rest_of_a_series_moves_and_what_went_before_stays(page_as):
    page = page_as("rosa")
    open_week(page, "2032-03-03")
    page.get_by_role("button", name="New appointment").click()
    book(page, "Mia Ortiz", Date="2032-03-03", Time="10:00", Repeats="Every week")
    page.get_by_role("button", name="Next week").click()
    shown = event(page, "Mia Ortiz")
    expect(shown).to_have_accessible_name(re.compile("Wednesday 10 March"))
    start = handle(shown)
    drag(page, start, (start[0], start[1] + HOUR))
    dialog = page.get_by_role("dialog", name="This appointment repeats")
    dialog.get_by_role("button", name="This and the following").click()
    for _ in range(2):
        expect(event(page, "Mia Ortiz")).to_have_accessible_name(re.compile("until 11:50"))
        page.get_by_role("button", name="Next week").click()
    open_week(page, "2032-03-03")
    expect(event(page, "Mia Ortiz")).to_have_accessible_name(re.compile("until 10:50"))


def test_the_card_says_who_pays_and_makes_the_invoice(page_as):
    page = page_as("kim")
    day = steps.ago(2)
    open_week(page, day)
    page.get_by_role("button", name="New appointment").click()
    book(page, "Nour Haddad", Date=day.isoformat(), Time="07:00")
    event(page, "Nour Haddad.* 7:00|Nour Haddad7:00").first.click()
    card = page.get_by_role("dialog")
    pressed = card.get_by_role("button", pressed=True)
    expect(pressed).to_have_count(1)
    other = "Karim" if "Samira" in pressed.inner_text() else "Samira"
    card.get_by_role("button", name=other).click()
    expect(card.get_by_role("button", name=other)).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_text(re.compile("Set for this appointment by"))).to_be_visible()
    for status in ("Show", "No show", "Late canceled", "Canceled", "Clinician canceled"):
        expect(card.get_by_role("button", name=status, exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Create invoice")).to_have_count(0)
    card.get_by_role("button", name="Show", exact=True).click()
    expect(card.get_by_role("button", name="Create invoice")).to_be_visible()
    expect(card.get_by_text("$120.00")).to_be_visible()
    card.get_by_role("button", name="Add payment").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Add payment")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator(".htmx-request")).to_have_count(0)
    event(page, "Nour Haddad.* 7:00|Nour Haddad7:00").first.click()
    card.get_by_role("button", name="Create invoice").click()
    expect(page.get_by_role("heading", name=re.compile("INV-"))).to_be_visible()
    expect(page.get_by_role("main").get_by_text(f"{other} Haddad").first).to_be_visible()


def test_two_people_with_one_appointment_open_the_second_is_told(page_as):
    kim, rosa = page_as("kim"), page_as("rosa")
    open_week(kim, "2033-03-02")
    kim.get_by_role("button", name="New appointment").click()
    book(kim, "Leo Ortiz", Date="2033-03-02", Time="10:00")
    open_week(rosa, "2033-03-02")
    for page in (kim, rosa):
        event(page, "Leo Ortiz").click()
    kim.get_by_role("dialog").get_by_role("button", name="Canceled", exact=True).click()
    expect(kim.get_by_role("dialog").get_by_role("button", name="Canceled", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    card = rosa.get_by_role("dialog")
    card.get_by_role("button", name="Show", exact=True).click()
    expect(card.get_by_role("alert")).to_contain_text("Somebody else changed this")
    expect(card.get_by_role("button", name="Canceled", exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_opens_a_card_and_comes_back_to_the_appointment(page_as):
    page = page_as("kim")
    open_week(page, steps.ago(7))
    first = page.get_by_role("group", name="Calendar").get_by_role("link").first
    first.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog")
    expect(card.get_by_role("heading", name="Who pays")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(first).to_be_focused()
    page.get_by_role("link", name="Agenda").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Monday ")).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_every_view_fits(page_as, scheme):
    page = page_as("helen", width=360, scheme=scheme)
    expect(page.get_by_role("link", name="Day", exact=True)).to_have_attribute("aria-current", "true")
    for view in ("Week", "Month", "Agenda", "Day"):
        page.get_by_role("link", name=view, exact=True).click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
    page.get_by_role("link", name="Month", exact=True).click()
    page.get_by_role("button", name=re.compile(r"^\+\d+ on ")).first.click()
    expect(page.get_by_role("link", name="Day", exact=True)).to_have_attribute("aria-current", "true")


def test_a_first_visit_is_light(page_as):
    page = page_as("kim")
    visit = page.context.browser.new_context(storage_state=page.context.storage_state())
    fresh = visit.new_page()
    wire = visit.new_cdp_session(fresh)
    wire.send("Network.enable")
    weights = []
    wire.on("Network.loadingFinished", lambda done: weights.append(done["encodedDataLength"]))
    fresh.goto(page.url)
    fresh.wait_for_load_state("networkidle")
    visit.close()
    assert len(weights) > 5
    assert sum(weights) <= HEAVIEST
