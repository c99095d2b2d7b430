"""The scene of this folder, committed once for a file of tests; what a test does to it is rolled back."""

import pytest

from tests.access.scene import set_scene
from tests.conftest import empty, make_room


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        make_room()
        yield set_scene()
        empty()
