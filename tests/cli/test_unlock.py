"""`kinbook unlock` from outside: the last owner's phone is lost."""

from datetime import UTC, datetime

from kinbook.accounts.models import Factor
from kinbook.team.models import User
from tests.cli.installation import kinbook


def test_a_member_signs_in_with_the_password_alone_again(lasting_cast):
    user = User.objects.get(email="owner@kinbook.example")
    Factor.objects.create(user=user, kind="totp", name="App", created_at=datetime.now(UTC))
    done = kinbook("unlock", "Owner@kinbook.example")
    assert done.returncode == 0
    assert done.stdout.strip() == "Helen Marsh signs in with the password alone now."
    assert not Factor.objects.exists()
    again = kinbook("unlock", "owner@kinbook.example")
    assert (again.returncode, again.stdout) == (1, "")
    assert "has no second step" in again.stderr


def test_nobody_by_that_address_ends_with_1(lasting_cast):
    done = kinbook("unlock", "nobody@kinbook.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Nobody on the team signs in as nobody@kinbook.example." in done.stderr
