"""Files brought to the cast's practice in tests: small ones written here."""

from contextlib import contextmanager

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kinbook.exchange.commands.running import import_content
from kinbook.exchange.reading.opening import Settings

FAMILIES = """\
Client ID,First Name,Last Name,DOB,Mother Name,Mother Email,Father Name,Responsible Party
7,Nora,Quist,03/14/2013,Lena Quist,lena@mail.example,Tom Quist,Lena Quist
8,Otto,Quist,07/22/2015,Lena Quist,lena@mail.example,Tom Quist,Tom Quist
9,Sven,Aho,11/30/2012,,,,
10,Ida,Berg,02/30/2014,Eva Berg,eva@mail.example,,
11,Paul,Falk,05/06/1980,,,,
"""
COUNTED = ("created", "changed", "unchanged", "held", "refused")


def load(cast, content, *, name="file.csv", **more):
    """Import a file for the owner at once; returns what became of it."""
    content = content if isinstance(content, bytes) else content.encode()
    with cast.as_("owner") as viewer:
        return import_content(viewer, name=name, content=content, settings=Settings(**more))


def tally(report):
    """How many rows did what; nothing where none did."""
    return {name: number for name in COUNTED if (number := getattr(report.counts, name))}


def told(report):
    """What is told of each row, with its problems."""
    return [
        (step.line, step.outcome.value, step.told, [(each.field, each.reason) for each in step.problems])
        for step in report.steps
    ]


def upload(visitor, content, name="families.csv"):
    """Bring a file to the page."""
    content = content if isinstance(content, bytes) else content.encode()
    return visitor.post("/settings/import/", {"file": SimpleUploadedFile(name, content)})


def meaning(fields, **more):
    """What the mapping page sends."""
    columns = {f"field-{place}": field for place, field in enumerate(fields)}
    return {"as": "clients", "order": "mdy", "delimiter": ",", "has_header": "yes", **columns, **more}


GUESSED = [
    "client.id",
    "client.first_name",
    "client.last_name",
    "client.born",
    "contact1.name",
    "contact1.email",
    "contact2.name",
    "contact3.name",
]

SAID = {
    "contact1-relationship": "parent",
    "contact2-relationship": "parent",
    "contact3-responsible": "on",
}


@contextmanager
def counted():
    """Count the statements that ask for something; the one in hand knows them afterwards."""
    said = []
    with CaptureQueriesContext(connection) as queries:
        yield said
    quiet = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    said += [each["sql"] for each in queries if not each["sql"].startswith(quiet)]
