"""The form of the letterhead."""

from __future__ import annotations

from django import forms


class LetterheadForm(forms.Form):
    """Logo, color and the Spanish footer of papers."""

    logo = forms.FileField(
        required=False,
        help_text="PNG, JPEG, WebP or GIF, at most 3 MB. It is drawn anew, without what a camera adds.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    without_logo = forms.BooleanField(required=False, label="Take the logo off")
    colour = forms.CharField(max_length=7, label="Color of headings", widget=forms.TextInput(attrs={"type": "color"}))
    footer_es = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Footer in Spanish",
        help_text="Empty: the same as in English, which stands under Client billing.",
    )
