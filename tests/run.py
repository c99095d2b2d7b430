"""`make test`: all tests, the slow ones side by side; says at the end what was left out, and how to get it."""

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOW = "Browser tests were left out: install chromium (or name a browser in CHROMIUM) to run them too."


def browser() -> str:
    """Return a browser's path: CHROMIUM, then what is on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for found in map(shutil.which, BROWSERS) if found), "")


def main() -> int:
    """Run the tests; with KINBOOK_NEEDS_BROWSER a missing browser is a failure."""
    found = browser()
    if not found and os.environ.get("KINBOOK_NEEDS_BROWSER"):
        sys.stderr.write("No browser was found, and this run needs one: install chromium, or set CHROMIUM.\n")
        return 1
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(max(3, min(4, os.cpu_count() or 2))),
        "--dist",
        "loadgroup",
    ]
    if not found:
        words += ["-m", "not browser"]
    code = subprocess.run([*words, *sys.argv[1:]], env={**os.environ, "CHROMIUM": found}, check=False).returncode
    if not found:
        sys.stdout.write(f"{HOW}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
