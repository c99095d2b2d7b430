"""The family that writes and is written to, committed once for all tests of this folder."""

import copy

import pytest

from tests.cast import Cast
from tests.conftest import stand
from tests.messaging.family import Family, set_family


@pytest.fixture
def entered(django_db_setup, django_db_blocker) -> Family:
    with django_db_blocker.unblock():
        return stand(enter_family)


@pytest.fixture
def family(entered, db) -> Family:
    return copy.deepcopy(entered)


@pytest.fixture
def cast(family) -> Cast:
    return family.cast


def enter_family() -> Family:
    return set_family(Cast.enter())
