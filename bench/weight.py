"""page_weight: how many bytes a first visit brings over the wire, whatever the page itself asks for included."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from bench.figures import Figure, show

if TYPE_CHECKING:
    from bench.visiting import Visitor

GOAL = 250.0
IN_PAGE = re.compile(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)=["']([^"'#]+)""")
IN_STYLE = re.compile(r"""url\(["']?([^"')#]+)""")
NAMED = re.compile(r"""data-icons=["']([^"'#]+)""")


def weigh(visitor: Visitor, path: str) -> None:
    """Show the weight of a page with its styles, scripts, icons and fonts, every one of them fetched once."""
    waiting, seen, total = [path], set(), 0
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("data:", "http")):
            continue
        seen.add(address)
        answer = visitor.ask(address, **{"Accept-Encoding": "gzip"})
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        total += len(answer.body) + head
        is_packed = answer.headers.get("content-encoding") == "gzip"
        text = (gzip.decompress(answer.body) if is_packed else answer.body).decode(errors="replace")
        kind = answer.headers.get("content-type", "")
        found = IN_STYLE.findall(text) if "css" in kind else []
        if "html" in kind:
            found += IN_PAGE.findall(text) + NAMED.findall(text)
        waiting += [urljoin(address, each) for each in found if "favicon" not in each]
    weight = total / 1000
    more = {"files": len(seen)}
    show(Figure("page_weight_calendar", weight, "kB", goal=GOAL, is_met=weight <= GOAL, more=more))
