"""Cards of payers, automatic payment, and every try to charge; what the processor told; links that pay one invoice."""

from kinbook.cards.models.charging import ON_ITS_WAY, CardCharge, ChargePart, Origin, State
from kinbook.cards.models.kept import AutoPay, Card, Customer, Expiring, Keys, Kind
from kinbook.cards.models.told import CardRefund, Dispute, DisputeState, PayLink, RefundState, Told

__all__ = [
    "ON_ITS_WAY",
    "AutoPay",
    "Card",
    "CardCharge",
    "CardRefund",
    "ChargePart",
    "Customer",
    "Dispute",
    "DisputeState",
    "Expiring",
    "Keys",
    "Kind",
    "Origin",
    "PayLink",
    "RefundState",
    "State",
    "Told",
]
