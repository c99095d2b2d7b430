"""`kinbook ledger verify` from outside: exit 0 where everything is as it should be, else 1, saying what differs."""

from tests.cli.installation import kinbook
from tests.ledger.test_verify import behind, story


def test_a_sound_practice_ends_with_0(lasting_cast):
    story(lasting_cast)
    done = kinbook("ledger", "verify", "--json")
    assert (done.returncode, done.told["ok"]) == (0, True)
    assert [each["differences"] for each in done.told["practices"]] == [[]]
    assert "everything is as the journal and the facts say" in kinbook("ledger", "verify").stdout


def test_a_difference_ends_with_1_and_says_which(lasting_cast):
    story(lasting_cast)
    behind("UPDATE ledger_balance SET cents = cents + 1 WHERE account = 'receivable'")
    done = kinbook("ledger", "verify")
    assert done.returncode == 1
    assert "balances are sums of lines: receivable of payer" in done.stdout
    told = kinbook("ledger", "verify", "--json").told
    assert told["ok"] is False
    assert {each["check"] for each in told["practices"][0]["differences"]} == {"balances are sums of lines"}
