"""Every setting, read once by the composition root from the environment and `.env`, and passed down frozen.

Nothing is required: with no setting at all Brenda runs on her embedded defaults. What is given must be right: a
malformed value stops the start with its name and the form that would be right.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, PostgresDsn, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import SettingsError

Seconds = Annotated[float, Field(gt=0)]
Minutes = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """The settings. Names are the environment variables' in lower case; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    data_dir: Path = Path(".brenda")
    prompts_dir: Path = Path("prompts")
    media_dir: Path = Path("supabase/storage")
    database_url: Annotated[PostgresDsn | None, Field(repr=False)] = None
    database_pool_size: Annotated[int, Field(ge=2, le=200)] = 16
    database_prepare: bool = False
    secret_key: SecretStr | None = None
    public_url: HttpUrl = HttpUrl("http://127.0.0.1:8080")
    company: str = "Academia de ejemplo"
    contact: str = "privacidad@academia.example"
    company_address: str = ""

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: HttpUrl = HttpUrl("https://api.telegram.org")
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_url: HttpUrl | None = None
    telegram_webhook_secret: SecretStr | None = None
    telegram_username: str | None = None
    advisor_chat: str | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: HttpUrl | None = None
    openai_model: str = "gpt-4o-mini"
    second_api_key: SecretStr | None = None
    second_base_url: HttpUrl | None = None
    second_model: str | None = None
    model_timeout_seconds: Seconds = 20.0
    turn_deadline_seconds: Seconds = 45.0

    web: bool = True
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080

    payment_provider: Literal["sandbox", "stripe", "stars"] = "sandbox"
    stripe_api_key: SecretStr | None = None
    stripe_api_url: HttpUrl = HttpUrl("https://api.stripe.com")
    stripe_webhook_secret: SecretStr | None = None
    stars_per_unit: Annotated[Decimal | None, Field(gt=0)] = None

    calendly_token: SecretStr | None = None
    calendly_api_url: HttpUrl = HttpUrl("https://api.calendly.com")
    calendly_event_type: HttpUrl | None = None
    calendly_webhook_key: SecretStr | None = None

    hubspot_token: SecretStr | None = None
    hubspot_api_url: HttpUrl = HttpUrl("https://api.hubapi.com")

    sendgrid_api_key: SecretStr | None = None
    sendgrid_api_url: HttpUrl = HttpUrl("https://api.sendgrid.com")
    sendgrid_webhook_key: str | None = None
    email_from: str = "hola@academia.example"

    supabase_url: HttpUrl | None = None
    supabase_key: SecretStr | None = None
    supabase_bucket: str = "resources"

    link_hours: Annotated[int, Field(gt=0, le=24 * 30)] = 48
    handoff_minutes: Minutes = 60
    burst_seconds: Annotated[float, Field(ge=0, le=10)] = 1.0
    prompt_budget_chars: Annotated[int, Field(ge=20_000)] = 24_000
    exploration_floor: Annotated[float, Field(gt=0, le=0.2)] = 0.05
    worker_concurrency: Annotated[int, Field(ge=1, le=256)] = 32
    prompts_gate: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_form(cls, value: SecretStr | None) -> SecretStr | None:
        number, _, rest = value.get_secret_value().partition(":") if value else ("1", ":", "x" * 20)
        if not (number.isdigit() and len(rest) >= 20):
            raise ValueError("should look like 123456789:AA… as @BotFather gives it")
        return value

    @field_validator("telegram_username")
    @classmethod
    def _username_form(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", value):
            raise ValueError("should be the bot's username without @, such as brenda_cursos_bot")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _webhook_secret_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("should be 1 to 256 letters, digits, - and _; make one with: openssl rand -hex 32")
        return value

    @field_validator("secret_key")
    @classmethod
    def _key_length(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < 32:
            raise ValueError("should hold at least 32 characters; make one with: openssl rand -hex 32")
        return value

    @field_validator("advisor_chat")
    @classmethod
    def _chat_number(cls, value: str | None) -> str | None:
        if value is not None and not value.removeprefix("-").isdigit():
            raise ValueError("should be the number of a Telegram chat, such as 123456789 or -1001234567890")
        return value

    @model_validator(mode="after")
    def _belongs_together(self) -> "Settings":
        if self.database_url and not self.secret_key:
            raise ValueError(
                "SECRET_KEY: is needed with DATABASE_URL, so that links live through a restart; "
                "make one with: openssl rand -hex 32"
            )
        if self.telegram_mode == "webhook" and not self.telegram_webhook_secret:
            raise ValueError(
                "TELEGRAM_WEBHOOK_SECRET: is needed with TELEGRAM_MODE=webhook; make one: openssl rand -hex 32"
            )
        if self.telegram_mode == "webhook" and not self.web:
            raise ValueError("WEB: should be true with TELEGRAM_MODE=webhook, because the web app takes the updates")
        if self.second_model and not self.second_base_url and not self.second_api_key:
            raise ValueError("SECOND_BASE_URL or SECOND_API_KEY: is needed with SECOND_MODEL")
        for name, present, needed in self._pairs():
            if present and not all(value for _, value in needed):
                missing = " and ".join(key for key, value in needed if not value)
                raise ValueError(f"{missing}: is needed with {name}")
        return self

    def _pairs(self) -> tuple[tuple[str, object, tuple[tuple[str, object], ...]], ...]:
        """Settings that need others: the name, whether it is set, and what it needs."""
        stripe = (("STRIPE_API_KEY", self.stripe_api_key), ("STRIPE_WEBHOOK_SECRET", self.stripe_webhook_secret))
        stars = (("STARS_PER_UNIT", self.stars_per_unit), ("TELEGRAM_BOT_TOKEN", self.telegram_bot_token))
        calendly = (
            ("CALENDLY_EVENT_TYPE", self.calendly_event_type),
            ("CALENDLY_WEBHOOK_KEY", self.calendly_webhook_key),
        )
        return (
            ("PAYMENT_PROVIDER=stripe", self.payment_provider == "stripe", stripe),
            ("PAYMENT_PROVIDER=stars", self.payment_provider == "stars", stars),
            ("CALENDLY_TOKEN", self.calendly_token, calendly),
            ("SUPABASE_URL", self.supabase_url, (("SUPABASE_KEY", self.supabase_key),)),
            ("SENDGRID_API_KEY", self.sendgrid_api_key, (("COMPANY_ADDRESS", self.company_address),)),
        )

    @property
    def tells_samples(self) -> bool:
        """Whether sample rows may be told: only from the embedded database."""
        return self.database_url is None

    @property
    def can_listen(self) -> bool:
        """Whether the database can wake a worker; Supabase's transaction pooler (port 6543) passes no notifications."""
        return self.database_url is None or all(host["port"] != 6543 for host in self.database_url.hosts())

    @property
    def has_chosen_payment(self) -> bool:
        """Whether real people may be asked to pay; with the embedded database there are none."""
        return self.database_url is None or "payment_provider" in self.model_fields_set

    @property
    def has_model(self) -> bool:
        """Whether a chat model is configured; a local endpoint needs no key."""
        return self.openai_api_key is not None or self.openai_base_url is not None


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: names every setting that is wrong, and what would be right.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        faults = [_fault(item["loc"], item["type"], item["msg"]) for item in error.errors()]
        raise SettingsError("\n  ".join(["", *faults])) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file}: should be a text file in UTF-8 of lines NAME=value ({error}).") from None


def refuse_unchosen_sandbox(settings: Settings) -> None:
    """Stop if real people would pay in the sandbox because nobody said how they pay.

    There, whoever presses the button becomes a customer without having paid. Who wants that, to try things out with a
    database of their own, says so.

    Raises:
        SettingsError: names the setting and what it may be.
    """
    if not settings.has_chosen_payment:
        raise SettingsError(
            "PAYMENT_PROVIDER: is needed with DATABASE_URL: stripe or stars; or sandbox, in which nobody is charged "
            "and whoever presses becomes a customer, to try things out."
        )


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    if not location:
        return text
    name = str(location[0]).upper()
    if kind.startswith("url_"):
        form = "postgresql://user:password@host:5432/name" if name == "DATABASE_URL" else "https://host.example/path"
        return f"{name}: should look like {form} ({text})"
    return f"{name}: {text}"
