"""The commands as processes of their own, at the database of the tests."""

import json
import os
import subprocess
import sys

from django.db import connection

from kinbook.postgres.urls import with_database


def environment(**more):
    """Return what makes a process look at the database that the tests use."""
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": with_database(os.environ["DATABASE_URL"], name),
        "DATABASE_APP_URL": with_database(os.environ["DATABASE_APP_URL"], name),
        **more,
    }


def kinbook(*words, **more):
    """Run a command to its end; its output is read as JSON where it was asked for that."""
    done = subprocess.run(
        [sys.executable, "-m", "kinbook.cli", *words],
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    done.told = json.loads(done.stdout) if "--json" in words and done.stdout else None
    return done


def beginning(*words, **more):
    """Start a command and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-m", "kinbook.cli", *words],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
