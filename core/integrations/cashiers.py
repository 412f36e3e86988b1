"""Which cashier there is: the configured one, and any other whose tills may still be open from before."""

from core.errors import PaymentRefusedError
from core.integrations.cashier import Cashier
from core.integrations.sandbox_cashier import SandboxCashier
from core.integrations.stars_cashier import StarsCashier
from core.integrations.stripe_checkout import StripeCashier
from core.settings import Settings


def configured(settings: Settings) -> Cashier:
    """The cashier of PAYMENT_PROVIDER.

    Raises:
        PaymentRefusedError: it lacks what it needs.
    """
    return cashier(settings, settings.payment_provider)


def cashier(settings: Settings, provider: str) -> Cashier:
    """The cashier of this name.

    Raises:
        PaymentRefusedError: there is none, or it lacks what it needs.
    """
    match provider:
        case "sandbox":
            return SandboxCashier()
        case "stripe" if settings.stripe_api_key:
            return StripeCashier(settings.stripe_api_key.get_secret_value(), str(settings.stripe_api_url))
        case "stars" if settings.stars_per_unit and settings.telegram_bot_token:
            token = settings.telegram_bot_token.get_secret_value()
            return StarsCashier(token, str(settings.telegram_api_url), settings.stars_per_unit)
    raise PaymentRefusedError(f"PAYMENT_PROVIDER={provider}: is not configured.")
