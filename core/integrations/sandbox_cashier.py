"""The sandbox: nobody is charged. Its page is our own, plainly marked, with one button to pay and one to fail."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from core.domain.checkouts import Charge
from core.integrations.cashier import Order, Seen, Till, TillState
from core.integrations.minor_units import minor_units


@dataclass(frozen=True, slots=True)
class SandboxCashier:
    """What became of an order is known to the database alone, so this has nothing to tell of its own."""

    name: str = "sandbox"
    open_for: timedelta | None = timedelta(minutes=31)
    form_targets: tuple[str, ...] = ()

    def charge(self, amount: Decimal, currency: str) -> Charge:
        """Cents, as a card would be charged."""
        return Charge(minor_units(amount, currency), currency)

    async def open(self, order: Order) -> Till:
        """Our own page."""
        return Till(f"sandbox:{order.key}", f"{order.page}/prueba")

    async def shut(self, reference: str) -> Seen:  # noqa: ARG002
        """It is over as soon as the database says so."""
        return Seen(TillState.OVER)

    async def look(self, reference: str) -> Seen:  # noqa: ARG002
        """Nothing is under way outside of the database."""
        return Seen(TillState.OVER)
