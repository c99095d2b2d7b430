"""Confirm it is you: before something dangerous, and then it goes on with everything that was entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect

from kinbook.accounts.queries import second_step_of, user_of
from kinbook.accounts.views.proof import Proof, read_proof
from kinbook.audit.record import record
from kinbook.web.page import page, part

if TYPE_CHECKING:
    from kinbook.web.request import Request

OURS = ("csrfmiddlewaretoken", "proof", "proof_password", "proof_code", "proof_passkey", "proof_then")


def confirm(request: Request) -> HttpResponse | None:
    """Read the proof; None lets what was asked for go on, with what was entered before."""
    proof = read_proof(request, user_of(request.viewer), request.viewer.now, with_password=True)
    if not proof.by:
        return ask_to_confirm(request, proof)
    request.session["proven_at"] = request.viewer.now.timestamp()
    record(request.viewer, "member.confirmed", by=proof.by)
    if request.POST.get("proof_then") == "look":
        return HttpResponseRedirect(request.get_full_path())
    return None


def ask_to_confirm(request: Request, proof: Proof | None = None) -> HttpResponse:
    """Ask for a proof, holding what was entered; in a dialog where a dialog or button of a page asked."""
    entered = [(name, text) for name, texts in request.POST.lists() if name not in OURS for text in texts]
    then = "look" if request.method == "GET" else request.POST.get("proof_then", "")
    context = {
        "entered": entered,
        "then": then,
        "proof": proof or Proof(),
        "has": second_step_of(user_of(request.viewer)),
        "here": request.get_full_path(),
    }
    if not request.htmx:
        return page(request, "accounts/confirm.html", status=422, **context)
    response = part(request, "accounts/confirm_dialog.html", status=422, **context)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response
