"""The scene of this folder, committed once for all its tests; what a test does to it is rolled back."""

import pytest

from tests.access.scene import set_scene
from tests.conftest import stand


@pytest.fixture
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return stand(set_scene)
