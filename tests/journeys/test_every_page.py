"""Every page and dialog that links lead to: it answers, nothing is wider than a phone, and axe finds nothing."""

import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LOOKS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "dark": ["color-contrast", "link-in-text-block"],  # what else axe asks does not look at colours
}
LEAVES = re.compile(
    r"sign-out|/pdf/|\.pdf$|/api/|beancount|demo/outbox\.json|template|sample|bad-rows|/csv/|\.csv|/json/|messages/file/"
)
MOST = 120


def route(address):
    """An address without its ids and what it asks for: one page of a kind is enough."""
    return ID.sub("<id>", urlsplit(address).path)


def found_wrong(page, scheme):
    """What axe says, short enough to read."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    rules = {"runOnly": RULES[scheme], "resultTypes": ["violations"]}
    violations = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", rules)
    return [f"{each['id']}: {node['html'][:160]}" for each in violations for node in each["nodes"][:3]]


def look(page, what, *, again):
    """Run axe in each look, and measure whether the page fits; `again` loads it anew for each width."""
    problems = []
    for width, scheme in LOOKS:
        if page.viewport_size["width"] != width:
            page.set_viewport_size({"width": width, "height": 800})
            if again:
                page.reload()
                settle(page)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(60)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            problems.append(f"{what} at {width}: {over} px too wide")
        problems += [f"{what} at {width} {scheme}: {each}" for each in found_wrong(page, scheme)]
    page.set_viewport_size({"width": LOOKS[0][0], "height": 800})
    return problems


def settle(page):
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.wait_for_timeout(100)


def links(page):
    return page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")


def dialogs(page):
    inner = "[...document.querySelectorAll('template')].flatMap(t => [...t.content.querySelectorAll('[hx-get]')])"
    outer = "[...document.querySelectorAll('[hx-get][hx-target=\"#dialog\"]')]"
    return page.evaluate(
        f"[...{outer}, ...{inner}].filter(b => b.getAttribute('hx-target') === '#dialog').map(b => b.getAttribute('hx-get'))"
    )


def opens(page, dialog):
    """Open a dialog as its button does; once more where the page was busy with a request of its own."""
    for _ in range(2):
        page.evaluate("url => htmx.ajax('GET', url, '#dialog')", dialog)
        with suppress(PlaywrightTimeout):
            page.locator("dialog[open]").wait_for(timeout=15_000)
            return True
    return False


@pytest.mark.parametrize(
    ("who", "within", "pages"), [("helen", "", 25), ("ana", "/portal/", 4), ("mia", "/portal/", 2)]
)
def test_every_page_answers_fits_and_is_accessible(page_as, site, who, within, pages):
    page = page_as(who)
    waiting, seen, problems = [page.url], set(), []
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        place = route(address)
        if place in seen or not address.startswith(site + within) or LEAVES.search(address):
            continue
        seen.add(place)
        answer = page.goto(address)
        if answer.status != 200:
            problems.append(f"{place} answers {answer.status}")
            continue
        if answer.headers["content-type"] == "application/pdf":
            continue  # shown in the browser's own reader; papers are looked at where they are set
        settle(page)
        problems += look(page, place, again=True)
        waiting += links(page)
        for dialog in dialogs(page):
            place = route(dialog)
            if place not in seen:
                seen.add(place)
                if not opens(page, dialog):
                    problems.append(f"{place} does not open from {route(address)}")
                    break
                settle(page)
                problems += look(page, f"{place} (dialog)", again=False)
                page.evaluate("document.querySelector('dialog[open]').close()")
    assert not problems, "\n".join(problems)
    assert len(seen) > pages, sorted(seen)
