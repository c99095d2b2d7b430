"""`kinbook import`, as programs and people call it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from kinbook.exchange.models import Held
from kinbook.people.models import Client, Party
from tests.cast import ELSEWHERE, Cast
from tests.cli.installation import environment, kinbook
from tests.exchange.bringing import FAMILIES

CARD = "BEGIN:VCARD\nVERSION:3.0\nN:Falk;Paul;;;\nFN:Paul Falk\nTEL:555-0101\nEND:VCARD\n"
SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def files(tmp_path, lasting_cast):
    (tmp_path / "families.csv").write_text(FAMILIES)
    (tmp_path / "book.vcf").write_text(CARD)
    (tmp_path / "program").write_bytes(bytes(range(256)) * 100)
    return {path.name: str(path) for path in tmp_path.iterdir()}


def clients(cast):
    with cast.as_("owner"):
        return Client.objects.count()


def test_a_dry_run_tells_every_row_and_enters_nobody(files, lasting_cast):
    done = kinbook("import", "--dry-run", files["families.csv"])
    assert done.returncode == 0
    assert "Would import: 3 created, 0 changed, 0 here already, 1 held for completion, 1 refused" in done.stdout
    assert "Date of birth: “02/30/2014” is not a date." in done.stdout
    assert clients(lasting_cast) == 0


def test_with_yes_it_imports_and_again_doubles_nobody(files, lasting_cast):
    assert "Imported: 3 created" in kinbook("import", "--yes", files["families.csv"]).stdout
    again = kinbook("import", "--yes", "--json", files["families.csv"]).told["files"][0]
    assert (again["created"], again["unchanged"], again["refused"], again["imported"]) == (0, 4, 1, True)
    assert clients(lasting_cast) == 3


def test_programs_are_told_each_row(files):
    told = kinbook("import", "--dry-run", "--json", files["families.csv"]).told
    assert told["dry_run"] is True
    row = told["files"][0]["rows"][3]
    assert (row["line"], row["outcome"], row["problems"][0]["field"]) == (5, "refused", "Date of birth")


def test_cards_are_contacts_unless_said_otherwise(files, lasting_cast):
    kinbook("import", "--yes", files["book.vcf"])
    assert clients(lasting_cast) == 0
    kinbook("import", "--yes", "--as", "clients", files["book.vcf"])
    assert clients(lasting_cast) == 1
    with lasting_cast.as_("owner"):
        assert Party.objects.filter(last_name="Falk").count() == 1


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_come_in(files, lasting_cast):
    done = kinbook("import", "--yes", files["program"], "/no/such/file", files["book.vcf"], files["families.csv"])
    assert done.returncode == 2
    assert "not a text file" in done.stderr
    assert "/no/such/file" in done.stderr
    assert clients(lasting_cast) == 3


def test_where_nobody_can_be_asked_nothing_is_imported_without_yes(files, lasting_cast):
    done = kinbook("import", files["families.csv"])
    assert (done.returncode, clients(lasting_cast)) == (0, 0)
    assert "say --yes" in done.stdout


@pytest.mark.parametrize(("answer", "count"), [(b"y\n", 3), (b"n\n", 0)])
def test_on_a_terminal_it_shows_a_bar_and_asks(files, lasting_cast, answer, count):
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "kinbook.cli", "import", files["families.csv"]]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(TERM="xterm")):
        os.close(theirs)
        os.write(ours, answer)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how Linux says that the other side is closed
            pass
    os.close(ours)
    assert b"100%" in shown
    assert b"Import?" in shown
    assert clients(lasting_cast) == count


def test_with_two_practices_one_must_be_named(files, lasting_cast):
    elsewhere = Cast.enter(ELSEWHERE, "elsewhere.example")
    refused = kinbook("import", "--yes", files["families.csv"])
    assert refused.returncode == 2
    assert "Elsewhere Counseling" in refused.stderr
    assert kinbook("import", "--yes", "--practice", "elsewhere counseling", files["families.csv"]).returncode == 0
    assert (clients(lasting_cast), clients(elsewhere)) == (0, 3)


def test_help_names_every_option():
    told = kinbook("import", "--help").stdout
    assert all(option in told for option in ("--dry-run", "--yes", "--as", "--practice", "--json", "FILE"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real files is not beside this clone")
def test_real_files_of_other_programs_lose_nobody(lasting_cast):
    files = sorted(str(path) for path in SHARED.glob("*/*") if path.suffix in {".json", ".vcf"})
    done = kinbook("import", "--yes", "--json", *files)
    assert done.returncode == 0
    told = json.loads(done.stdout)["files"]
    assert all(sum(each[name] for name in ("created", "held", "refused", "changed", "unchanged")) for each in told)
    with lasting_cast.as_("owner"):
        assert (Client.objects.count(), Held.objects.count()) == (4, 10)
