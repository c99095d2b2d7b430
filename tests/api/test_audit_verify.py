"""`GET /audit/verify`: every seal computed again, for who reads the whole log."""

from kinbook.audit.models import Entry
from kinbook.audit.sealing import seal_practice
from tests.api.caller import Caller


def test_the_log_is_computed_again(cast, owner):
    seal_practice(cast.practice_id)
    told = owner.get("/audit/verify")
    assert (told["ok"], told["seals"], told["broken"], told["erased"]) == (True, 1, [], 0)
    assert (told["head"]["number"], len(told["head"]["digest"])) == (1, 64)
    with cast.as_("owner"):
        entry = Entry.objects.get(action="audit.verified")
        assert entry.details == {"ok": True, "seals": 1}
        assert told["sealed"] + told["unsealed"] == Entry.objects.count() - 1


def test_a_digest_that_was_kept_is_looked_for(cast, owner):
    seal_practice(cast.practice_id)
    kept = owner.get("/audit/verify")["head"]["digest"]
    assert owner.get("/audit/verify", head=kept)["ok"]
    lost = owner.get("/audit/verify", head="0" * 64)
    assert not lost["ok"]
    assert lost["broken"] == [
        {"seal": None, "says": "No seal has the digest that was kept: seals were removed or made anew.", "entries": []}
    ]
    assert "head" in owner.get("/audit/verify", 422, head="zzz")["errors"][0]["field"]


def test_who_reads_only_their_own_entries_verifies_nothing(cast):
    Caller(cast, "kim").get("/audit/verify", 403)
