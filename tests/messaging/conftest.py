"""The family that writes and is written to."""

import pytest

from tests.messaging.family import Family, set_family


@pytest.fixture
def family(cast) -> Family:
    return set_family(cast)
