"""The demo's papers: an order on file, codes for superbills, and what Ana was given of her own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kinbook.documents.commands.diagnoses import add_diagnosis
from kinbook.documents.commands.orders import Named, OrderDraft, file_order
from kinbook.documents.commands.proofs import create_proof
from kinbook.documents.commands.send import send_document
from kinbook.documents.commands.statements import create_statement
from kinbook.documents.commands.superbills import create_superbill
from kinbook.practice.commands import change_practice
from kinbook.team.commands.members import change_member
from kinbook.tenancy.refused import Conflict

if TYPE_CHECKING:
    from kinbook.seed.people import People
    from kinbook.tenancy.viewer import Viewer

NPI = {"practice": "1234567893", "kim": "1245319599"}
CODES = {
    "Leo Ortiz": ("F43.20", "Adjustment disorder, unspecified"),
    "Mia Ortiz": ("F41.1", "Generalized anxiety disorder"),
}


def give_papers(people: People, sam: Viewer, viewer: Viewer) -> None:
    """Enter what superbills print and the Ortiz parents' order; make a statement, a superbill and a proof for Ana."""
    change_practice(viewer, fields={"npi": NPI["practice"]})
    change_member(viewer, member_id=people.members["kim"], fields={"npi": NPI["kim"], "license": "NH 2481"})
    kim = replace(viewer, name="Dr June Kim")
    for name, (code, words) in CODES.items():
        began = sam.today - timedelta(days=300)
        add_diagnosis(kim, client_id=people.parties[name], code=code, starts_on=began, description=words)
    mia, ana, ben = (people.parties[f"{name} Ortiz"] for name in ("Mia", "Ana", "Ben"))
    named = (Named("Ana Ortiz", 6000, ana), Named("Ben Ortiz", 4000, ben))
    file_order(sam, client_id=mia, draft=_order(sam, named))
    period: dict[str, Any] = {
        "since": (sam.today.replace(day=1) - timedelta(days=62)).replace(day=1),
        "through": sam.today,
    }
    send_document(sam, document=create_statement(sam, payer_id=ana, **period))
    create_statement(sam, payer_id=ben, client_id=mia, **period)
    try:
        send_document(sam, document=create_superbill(sam, payer_id=ana, client_id=mia, **period))
        create_proof(sam, payer_id=ana, client_id=mia, **period)
    except Conflict:  # early in a year there may be nothing to show yet
        return


def _order(sam: Viewer, named: tuple[Named, ...]) -> OrderDraft:
    return OrderDraft(
        ordered_on=date(sam.today.year - 2, 3, 4),
        court="10th Circuit Court, Family Division, Portsmouth",
        number=f"670-{sam.today.year - 2}-DM-104",
        starts_on=date(sam.today.year - 2, 4, 1),
        proof_days=30,
        named=named,
        note="Uninsured health care: proof within 30 days of payment, reimbursement within 30 days of proof.",
    )
