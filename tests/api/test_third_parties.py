"""Third parties through the API: what is used and left of them, changed, ended, taken out."""

from tests.api.caller import is_problem
from tests.api.family import Seen


def covered(mia, owner, **terms):
    school = owner.post("/organizations", {"name": "Lincoln School", "kind": "school"})["id"]
    return owner.post(f"/clients/{mia.id}/coverages", {"organization_id": school, "from": None, **terms})


def test_a_coverage_says_what_is_used_and_left_of_it(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    made = covered(mia, owner, fixed_cents=80_00, max_sessions=3, max_cents=240_00)
    assert (made["used_sessions"], made["left_sessions"], made["left_cents"]) == (0, 3, 240_00)
    for day in ("2026-11-02", "2026-11-04"):
        mia.book(day)
    told = owner.get(f"/clients/{mia.id}/coverages")["items"][0]
    assert (told["used_sessions"], told["used_cents"]) == (2, 160_00)
    assert (told["left_sessions"], told["left_cents"]) == (1, 80_00)
    assert told["running_out"] == "1 session left"
    assert owner.get(f"/clients/{mia.id}/coverages/{made['id']}") == told


def test_without_a_limit_nothing_is_left_to_tell(cast, owner):
    mia = Seen(cast, owner)
    told = covered(mia, owner, percent=5000)
    assert told["left_sessions"] is told["left_cents"] is told["running_out"] is None


def test_it_is_changed_in_part_ended_and_taken_out(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    made = covered(mia, owner, fixed_cents=80_00, authorization="A-1")
    path = f"/clients/{mia.id}/coverages/{made['id']}"
    told = owner.patch(path, {"percent": 2500, "until": "2026-12-01"})
    assert (told["percent"], told["fixed_cents"], told["until"]) == (2500, None, "2026-12-01")
    assert told["authorization"] == "A-1"
    owner.delete(path)
    assert owner.get(f"/clients/{mia.id}/coverages")["items"] == []
    is_problem(owner.get(path, 404), 404)


def test_a_lost_update_and_what_was_invoiced_are_refused(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    made = covered(mia, owner, fixed_cents=80_00)
    path = f"/clients/{mia.id}/coverages/{made['id']}"
    tag = owner("GET", path)["ETag"]
    owner.patch(path, {"authorization": "A-2"}, If_Match=tag)
    is_problem(owner.patch(path, {"authorization": "A-3"}, 412, If_Match=tag), 412)
    mia.book("2026-11-02")
    owner.post("/invoices", {"through": "2026-11-30"}, 200)
    is_problem(owner.delete(path, 409), 409)
    is_problem(owner.patch(path, {"max_sessions": 0}, 422), 422, "max_sessions")
    is_problem(owner.patch(path, {"missed_fees": None}, 422), 422, "missed_fees")
