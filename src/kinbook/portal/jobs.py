"""Jobs of the portal: links are sent, and what is over is swept away."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.utils import translation

from kinbook.invitations.commands.sessions import sweep
from kinbook.invitations.models import Asking
from kinbook.jobs.app import CLASH, app
from kinbook.portal.commands import profile
from kinbook.portal.commands.sign_in import answer_asking


@app.task(name="portal.send_link", retry=CLASH)
def send_link(asking_id: str) -> None:
    """Answer somebody who asks to sign in."""
    asking = Asking.objects.filter(pk=asking_id).first()
    if asking:
        answer_asking(asking, datetime.now(UTC))


@app.periodic(cron="41 * * * *")
@app.task(name="portal.sweep", queueing_lock="portal.sweep")
def sweep_all(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    """Take away links and sessions that are over."""
    sweep(datetime.now(UTC))


@app.task(name="portal.find_by_new_words", retry=CLASH)
def find_by_new_words(practice_id: str, party_id: str) -> None:
    """Have searches find a person by what they have changed."""
    profile.find_by_new_words(UUID(practice_id), UUID(party_id), datetime.now(UTC))


@app.task(name="portal.confirm_address", retry=CLASH)
def confirm_address(asking_id: str, practice_id: str, party_id: str) -> None:
    """Send a link to an address that somebody says is theirs."""
    asking = Asking.objects.filter(pk=asking_id).first()
    if asking:
        with translation.override(asking.language):
            profile.send_confirmation(asking, UUID(practice_id), UUID(party_id), datetime.now(UTC))
