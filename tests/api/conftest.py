"""The cast with tokens."""

import pytest

from tests.api.caller import Caller


@pytest.fixture
def owner(cast):
    return Caller(cast)
