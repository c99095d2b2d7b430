"""Papers speak the payers' language: the translations are made as they are written now."""

import pytest

from kinbook.web.assets import translate


@pytest.fixture(scope="session", autouse=True)
def translations():
    translate()
