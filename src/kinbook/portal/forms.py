"""What a person in the portal fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kinbook.invitations.models import LANGUAGES

if TYPE_CHECKING:
    from kinbook.portal.models import Child


class SignInForm(forms.Form):
    """Who asks for a link."""

    email = forms.EmailField(
        max_length=254,
        label=_("Email"),
        label_suffix="",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Enter your e-mail."), "invalid": _("It looks like name@example.org.")},
    )


class PhoneForm(forms.Form):
    """The person's own number."""

    phone = forms.CharField(
        max_length=40,
        label=_("Phone"),
        label_suffix="",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter a phone number.")},
    )


class LanguageForm(forms.Form):
    """The language the person reads."""

    language = forms.ChoiceField(choices=LANGUAGES, label=_("Language"), label_suffix="")


class SeveralFiles(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what they are is looked at by the command."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files as a list."""
        several = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(each, initial) for each in several if each]


class WriteForm(forms.Form):
    """A message; its id is given before it is sent, so that sent twice it is one."""

    message_id = forms.UUIDField(widget=forms.HiddenInput)
    body = forms.CharField(
        required=False, label=_("Message"), label_suffix="", widget=forms.Textarea(attrs={"rows": 4})
    )
    attachments = FilesField(required=False, label=_("Files"), label_suffix="")


class BeginForm(WriteForm):
    """A new conversation: about whom, what for, and the first message."""

    conversation_id = forms.UUIDField(widget=forms.HiddenInput)
    client = forms.ChoiceField(label=_("About whom"), label_suffix="")
    kind = forms.ChoiceField(label=_("What for"), label_suffix="")
    about = forms.CharField(required=False, max_length=120, label=_("Subject"), label_suffix="")
    confidential = forms.BooleanField(required=False, label=_("Only for me and my therapist"), label_suffix="")
    field_order = ("client", "kind", "about", "body", "attachments", "confidential")

    def __init__(self, *args: Any, children: list[Child], is_minor: bool, **kwargs: Any) -> None:
        """Offer whom messages are open for; a minor writes of no money, and may write in confidence."""
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), _("Me") if each.is_own else each.short_name) for each in children
        ]
        kinds = [("clinical", _("For the therapist")), ("scheduling", _("About appointments"))]
        self.fields["kind"].choices = kinds if is_minor else [*kinds, ("billing", _("About billing"))]  # type: ignore[attr-defined]
        if not is_minor:
            del self.fields["confidential"]
