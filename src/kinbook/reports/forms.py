"""What is asked of the journal's files."""

from __future__ import annotations

from typing import Any

from django import forms

from kinbook.reports.queries.exports import PROGRAMS


class ExportForm(forms.Form):
    """For which program, and which days."""

    program = forms.ChoiceField(label="For", choices=list(PROGRAMS.items()))
    since = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    through = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    tax_rate = forms.CharField(
        label="Tax rate",
        required=False,
        max_length=50,
        help_text="Xero only: the name of your rate without tax, as it stands in Xero.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        given = super().clean() or {}
        since, through = given.get("since"), given.get("through")
        if since and through and since > through:
            self.add_error("through", "The last day is before the first.")
        return given
