"""How a conversation ended, told by the rows that it left and by nothing that was said."""

from evals.record import Outcome
from evals.scenario import Ending


def ending_of(outcome: Outcome) -> Ending:
    """The strongest end that holds; an erased lead has opted out."""
    if not outcome.lead or outcome.lead["stage"] == "opted_out":
        return Ending.OPTED_OUT
    kinds = {row["kind"] for row in outcome.rows("events")}
    statuses = {row["status"] for row in outcome.rows("payments")}
    if "purchase_completed" in kinds or "paid" in statuses:
        return Ending.SALE
    if any(row["status"] in ("open", "taken") for row in outcome.rows("handoffs")):
        return Ending.HANDOFF
    if statuses & {"link_sent", "pending"}:
        return Ending.CHECKOUT
    return Ending.DEMO if "demo_requested" in kinds else Ending.NO_SALE
