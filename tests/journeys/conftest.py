"""The product as a newcomer has it: the demo served by its own command, and a real browser before it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.run import browser as browser_path

DOORS = {
    "helen": "owner@kinbook.example",
    "kim": "kim@kinbook.example",
    "sam": "biller@kinbook.example",
    "rosa": "scheduler@kinbook.example",
    "ana": "ana.ortiz@mail.example",
    "ben": "ben.ortiz@mail.example",
    "mia": "mia.ortiz@mail.example",
}
OURS = ("KINBOOK_", "DATABASE_", "DJANGO_", "PORT", "PYTEST_")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WITHIN = 480


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Journeys need a browser, and share one served demo: one process takes them, another looks at every page."""
    for item in items:
        if "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            group = "pages" if "test_every_page" in item.nodeid else "journeys"
            item.add_marker(pytest.mark.xdist_group(group))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site():
    """Serve the demo practice from an empty home; its address."""
    with tempfile.TemporaryDirectory(prefix="kinbook-journeys-") as home, Path(home, "log").open("w+") as log:
        Path(home).chmod(0o755)
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        env = {**kept, "KINBOOK_HOME": home, "PORT": str(port)}
        words = [sys.executable, "-m", "kinbook.cli", "demo"]
        served = subprocess.Popen(words, env=env, stdout=log, stderr=log, start_new_session=True)
        address = f"http://localhost:{port}"
        try:
            wait_for(f"{address}/healthz", served, log)
            yield address
        finally:
            stop(served)


def stop(served):
    """Stop it as Ctrl-C does; what does not stop leaves nothing behind that works on."""
    os.killpg(served.pid, signal.SIGINT)
    try:
        served.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(served.pid, signal.SIGKILL)
        raise


def wait_for(url, served, log):
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends and served.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    log.seek(0)
    pytest.fail(f"the demo did not come up:\n{log.read()[-2000:]}")


@pytest.fixture(scope="session")
def chromium():
    """A headless browser."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # its event loop lives in this thread, beside other tests' queries
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_as(chromium, site):
    """Open a browser as one of the cast; afterwards no page may have complained in its console."""
    opened, complaints = [], []

    def open_as(name, *, width=1280, scheme="light"):
        context = chromium.new_context(
            base_url=site, viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-US"
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        if name:
            page.goto("/account/sign-in/")
            page.locator(f"button[value='{DOORS[name]}']").click()
            page.wait_for_url(lambda address: "sign-in" not in address and "enter" not in address)
        return page

    yield open_as
    for context in opened:
        context.close()
    # a refused form is a 422, which the browser notes as a failed resource
    assert [each for each in complaints if "422" not in each] == []
