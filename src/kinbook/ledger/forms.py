"""Forms of periods."""

from __future__ import annotations

from django import forms


class ReopenForm(forms.Form):
    """Why a closed month is opened again."""

    reason = forms.CharField(max_length=500, label="Why", help_text="It stays on record.")
