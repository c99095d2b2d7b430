"""Run the benchmarks: all of them, or those named on the command line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.figures import print_table, say
from bench.ground import ground
from bench.sizes import chosen

if TYPE_CHECKING:
    from bench.ground import Ground

PRACTICES, MONTH_END = "practices", "month_end"
BENCHES = {
    "decide": "",
    "month_end": MONTH_END,
    "balance": PRACTICES,
    "reports": PRACTICES,
    "pages": PRACTICES,
    "messages": PRACTICES,
    "transcripts": PRACTICES,
    "papers": PRACTICES,
    "imports": "imports",
    "starting": "",
}
"""Each benchmark's module and the database it is run on."""


def main() -> None:
    """Make the databases that are needed, run the benchmarks in their order, and print the table."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
    lines = []
    with ground() as here:
        needed = {BENCHES[name] for name in names} - {""}
        say(f"Size {chosen().name}: making {', '.join(sorted(needed)) or 'no'} databases")
        migrate(here)
        for database in sorted(needed):
            here.copy("kinbook", database)
            prepare(here, database)
        for name in names:
            say(f"Running {name}")
            lines += here.run(f"bench.{name}", BENCHES[name] or "kinbook")
    print_table(lines)


def migrate(here: Ground) -> None:
    """Migrate the database that the others are copied from."""
    words = [sys.executable, "-m", "kinbook.cli", "migrate"]
    subprocess.run(words, env=here.environment("kinbook"), check=True)


def prepare(here: Ground, database: str) -> None:
    """Let the application in, and fill the database."""
    words = [sys.executable, "-m", "kinbook.cli", "migrate"]
    subprocess.run(words, env=here.environment(database), check=True)
    words = [sys.executable, "-m", "bench.practices", database]
    subprocess.run(words, env=here.environment(database), check=True)


if __name__ == "__main__":
    main()
