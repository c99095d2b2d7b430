"""Django's sessions, kept as `accounts.SignIn`: one that was ended or lay idle too long is not there any more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

if TYPE_CHECKING:
    from kinbook.accounts.models import SignIn

KEPT = ("id", "opened_at", "last_used_at", "expire_date", "idle_minutes")
"""What stays of a row while the same user goes on."""


class SessionStore(DatabaseStore):
    """A session and its row, which the request finds as `request.session.row`."""

    row: SignIn | None = None

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        """Return where sessions are kept."""
        from kinbook.accounts.models import SignIn

        return SignIn

    def load(self) -> dict[str, Any]:
        """Return what is kept; nothing once it is over."""
        now = datetime.now(UTC)
        row = self.get_model_class().objects.filter(session_key=self.session_key).first()
        if row and row.ends_at <= now:
            self.delete(row.session_key)
            row = None
        self.row = row
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row.session_data))

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        """Return the row to save: opened now, or as it was where the same user goes on."""
        now = datetime.now(UTC)
        user_id = data.get(SESSION_KEY)
        row = self.get_model_class()(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=user_id,
            practice_id=data.get("practice"),
            device=data.get("device", ""),
            address=data.get("address", ""),
            idle_minutes=data.get("idle_minutes", 15),
            opened_at=now,
            last_used_at=now,
        )
        before, self.row = self.row, row
        if before and before.session_key == row.session_key and str(before.user_id) == str(user_id):
            for name in KEPT:
                setattr(row, name, getattr(before, name))
        return row
