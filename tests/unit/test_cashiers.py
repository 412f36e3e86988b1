import pytest

from core.errors import PaymentRefusedError
from core.integrations.cashiers import cashier, configured
from tests.worlds import make_settings

STRIPE = {"stripe_api_key": "sk_test_x", "stripe_webhook_secret": "whsec"}
STARS = {"stars_per_unit": "77", "telegram_bot_token": "987654321:fake-token-for-tests-on-loopback"}


@pytest.mark.parametrize(
    ("provider", "given"), [("sandbox", {}), ("stripe", STRIPE), ("stars", STARS)], ids=["sandbox", "stripe", "stars"]
)
def test_the_setting_names_the_cashier(provider: str, given: dict[str, str]) -> None:
    settings = make_settings(payment_provider=provider, **given)
    assert configured(settings).name == provider
    assert cashier(settings, "sandbox").name == "sandbox"


@pytest.mark.parametrize("provider", ["stripe", "stars", "cash"])
def test_a_cashier_that_is_not_configured_is_named(provider: str) -> None:
    with pytest.raises(PaymentRefusedError, match=f"PAYMENT_PROVIDER={provider}"):
        cashier(make_settings(), provider)


def test_no_key_is_shown_when_a_cashier_is_printed() -> None:
    settings = make_settings(**STRIPE, **STARS)
    assert "sk_test_x" not in repr(cashier(settings, "stripe"))
    assert "fake-token" not in repr(cashier(settings, "stars"))
