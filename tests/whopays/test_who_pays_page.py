"""The page Who pays: what was refused comes back as it was entered."""

import re

import pytest

from tests.scheduling.visitor import Visitor


@pytest.fixture
def page(cast):
    """Mia's page, as the owner sends it."""
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer).pk
    owner = Visitor(cast, "owner")
    return lambda data: owner.post(f"/clients/{mia}/edit/billing/", data)


def test_a_refused_arrangement_keeps_its_mode_its_parts_its_dates_and_its_rows(cast, page):
    ana, ben = (str(cast.people[name]) for name in ("ana", "ben"))
    sent = {"mode": "split", "split": "percent", "who": [ana, ben], f"percent-{ana}": "70,5", f"percent-{ben}": "29.5"}
    sent |= {"from": "2026-11-03", "until": "2026-12-24", "carry_over": "yes"}
    sent |= {"cap-0-payer": ben, "cap-0-value": "many", "cap-0-counts": "sessions", "cap-0-per": "year"}
    answer = page(sent)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "A percentage is a number" in shown
    for entered in ("70,5", "29.5", "2026-11-03", "2026-12-24", "many"):
        assert f'value="{entered}"' in shown, entered
    assert re.search(r'value="split"[^>]*checked', shown)
    assert re.search(r'id="carry_over"[^>]*checked', shown)


@pytest.mark.parametrize("painted", ["", "[]", "{}", "5", "null", '["nobody"]', "[[1]]"])
@pytest.mark.parametrize("dates", ["{}", "[]", "7", '{"2026-11-03": "nobody"}', '{"soon": 3}'])
def test_a_calendar_that_cannot_be_painted_is_told_and_nothing_fails(page, painted, dates):
    answer = page({"mode": "custody", "cycle": painted, "dates": dates, "anchor": "soon"})
    assert answer.status_code == 422
