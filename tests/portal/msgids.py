"""Every sentence of the portal, of papers and of letters that is translated, as its source says it."""

import io
import re
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[2] / "src" / "kinbook"
CATALOGS = sorted(SOURCE.glob("*/locale/es/LC_MESSAGES/django.po"))
PACKAGES = ("portal", "invitations", "documents", "papers")
LETTERS = ("mail", "invoices", "cards", "messaging", "scheduling")
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2)}
OUTSIDE = ("config/portal.py",)


def msgids():
    """Return them all, plurals by their first form."""
    found = set()
    for package in PACKAGES:
        for path in (SOURCE / package).rglob("*.py"):
            found |= set(in_python(path.read_text()))
        for path in (*(SOURCE / package).rglob("*.html"), *(SOURCE / package).rglob("*.txt")):
            found |= set(in_python(templatize(path.read_text(), origin=str(path))))
    for package in LETTERS:
        for path in (SOURCE / package).rglob("*.py"):
            found |= set(in_python(path.read_text()))
        for path in (SOURCE / package).glob("templates/mail/*.txt"):
            found |= set(in_python(templatize(path.read_text(), origin=str(path))))
    for name in OUTSIDE:
        found |= set(in_python((SOURCE / name).read_text()))
    return found


def in_python(text):
    text = re.sub(r"^\s+", "", text) if text.lstrip().startswith(("gettext", "ngettext")) else text
    for _, _, words, _ in extract_python(io.BytesIO(text.encode()), list(KEYWORDS), [], {}):
        first = words[0] if isinstance(words, tuple) else words
        if first:
            yield first
