"""The cast with tokens, at a time of their own."""

import itertools
from datetime import datetime, timedelta

import pytest

from tests.api.caller import Caller
from tests.cast import NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Let it be 18 November 2026, and a second pass with every call."""
    seconds = itertools.count()

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return (NOW + timedelta(seconds=next(seconds))).astimezone(tz)

    monkeypatch.setattr("kinbook.config.middleware.datetime", Clock)


@pytest.fixture
def owner(cast):
    return Caller(cast)
