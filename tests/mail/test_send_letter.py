"""Letters: sent once, tried again while the mail server is away, and kept with what became of them."""

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from kinbook.invoices.commands.send import send_invoice
from kinbook.jobs.app import OUTSIDE
from kinbook.mail import jobs
from kinbook.mail.models import Letter
from tests.money import invoiced


class Away(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, _messages):
        raise ConnectionRefusedError


class Attempt:
    """What the job is told about itself."""

    def __init__(self, number):
        self.job = self
        self.attempts = number


@pytest.fixture
def letter(lasting_cast, settings):
    settings.TESTING, settings.EMAIL_HOST = False, "mail.example"
    with lasting_cast.as_("owner") as viewer:
        (invoice,) = invoiced(lasting_cast, viewer)
        return send_invoice(viewer, invoice=invoice).letter


def send(cast, letter, attempt=0):
    jobs.send_letter.func(Attempt(attempt), str(cast.practice_id), str(letter.pk))


def now(cast, letter):
    with cast.as_("owner"):
        letter.refresh_from_db()
    return letter


def test_it_goes_out_with_its_paper_and_is_marked_sent(lasting_cast, letter):
    send(lasting_cast, letter)
    (message,) = mail.outbox
    assert message.to == ["ana.ortiz@mail.example"]
    ((name, content, kind),) = message.attachments
    assert (name, content[:5], kind) == ("INV-1.pdf", b"%PDF-", "application/pdf")
    assert message.extra_headers["Message-ID"] == f"<{letter.pk}@kinbook>"
    assert now(lasting_cast, letter).state == "sent"


def test_done_twice_it_is_sent_once(lasting_cast, letter):
    send(lasting_cast, letter)
    send(lasting_cast, letter)
    assert len(mail.outbox) == 1


def test_while_the_server_is_away_it_waits_and_says_so(lasting_cast, letter, settings):
    settings.EMAIL_BACKEND = "tests.mail.test_send_letter.Away"
    with pytest.raises(OSError, match="did not take the letter"):
        send(lasting_cast, letter)
    kept = now(lasting_cast, letter)
    assert (kept.state, kept.attempts) == ("waiting", 1)
    assert "ConnectionRefusedError" in kept.problem
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send(lasting_cast, letter, 1)
    kept = now(lasting_cast, letter)
    assert (kept.state, kept.problem) == ("sent", "")


def test_after_the_last_try_it_has_failed_where_somebody_sees_it(lasting_cast, letter, settings):
    settings.EMAIL_BACKEND = "tests.mail.test_send_letter.Away"
    send(lasting_cast, letter, OUTSIDE.max_attempts - 1)
    assert now(lasting_cast, letter).state == "failed"


def test_without_a_mail_server_it_says_where_one_is_set_up(lasting_cast, letter, settings):
    settings.EMAIL_HOST = ""
    with pytest.raises(OSError, match="did not take"):
        send(lasting_cast, letter)
    assert now(lasting_cast, letter).problem.startswith("No mail server is set up")


def test_a_letter_of_another_practice_is_not_found(lasting_cast, letter):
    from uuid import uuid4

    jobs.send_letter.func(Attempt(0), str(uuid4()), str(letter.pk))
    assert not mail.outbox
    assert Letter.objects.count() == 0  # without a practice named, no row is shown
