"""Settings of papers: the letterhead, and how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import require
from kinbook.papers.commands import set_letterhead
from kinbook.papers.forms import LetterheadForm
from kinbook.papers.models import INK, Letterhead
from kinbook.papers.render import sample_pdf
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Invalid
from kinbook.web.download import download
from kinbook.web.page import beside_fields, done, settings_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kinbook.web.request import Request


def letterhead(request: Request) -> HttpResponse:
    """The letterhead of all papers."""
    require(request.viewer, Action.BILLING_SETTINGS)
    found = Letterhead.objects.order_by("-pk").first()
    initial = {"colour": found.colour if found else INK, "footer_es": found.footer_es if found else ""}
    form = LetterheadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        logo = values.pop("logo")
        try:
            set_letterhead(request.viewer, **values, logo=logo.read() if logo else None)
            return done(request, reverse("papers:letterhead"), "Saved: it holds for papers made from now on.")
        except Invalid as refused:
            beside_fields(form, refused)
    has_logo = found is not None and bool(found.logo)
    status = 422 if form.errors else 200
    return settings_page(request, "papers/letterhead.html", form=form, has_logo=has_logo, found=found, status=status)


def sample(request: Request) -> HttpResponse:
    """A paper with nothing on it but the letterhead."""
    require(request.viewer, Action.BILLING_SETTINGS)
    practice = Practice.objects.get(pk=request.viewer.practice_id)
    return download(sample_pdf(practice), name="letterhead.pdf", content_type="application/pdf")
