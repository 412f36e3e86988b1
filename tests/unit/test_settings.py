import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import SettingsError
from core.settings import Settings, load_settings, refuse_unchosen_sandbox

KEY = "k" * 32
DATABASE = "postgresql://user@host/name"
TOKEN = "123456789:AA" + "x" * 30


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


def given_environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_nothing_is_required() -> None:
    settings = load_settings(None)
    assert settings.database_url is None
    assert settings.telegram_bot_token is None
    assert not settings.has_model


def test_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    given_environment(monkeypatch, DATABASE_URL="", TELEGRAM_BOT_TOKEN="", DATABASE_POOL_SIZE="")
    settings = load_settings(None)
    assert (settings.database_url, settings.telegram_bot_token, settings.database_pool_size) == (None, None, 16)


def test_file_is_read_and_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("COMPANY=Academia Ñandú\nLINK_HOURS=12\nSOMETHING_ELSE=1\n", encoding="utf-8")
    given_environment(monkeypatch, LINK_HOURS="24")
    settings = load_settings(file)
    assert (settings.company, settings.link_hours) == ("Academia Ñandú", 24)


def test_missing_file_is_no_fault(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "nowhere") == load_settings(None)


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        ("DATABASE_URL", "localhost", "postgresql://user:password@host:5432/name"),
        ("DATABASE_URL", "mysql://user@host/name", "postgresql://user:password@host:5432/name"),
        ("DATABASE_POOL_SIZE", "1", "greater than or equal to 2"),
        ("DATABASE_POOL_SIZE", "many", "valid integer"),
        ("SECRET_KEY", "short", "at least 32 characters; make one with: openssl rand -hex 32"),
        ("PUBLIC_URL", "brenda.example", "https://host.example/path"),
        ("TELEGRAM_BOT_TOKEN", "hello", "123456789:AA"),
        ("TELEGRAM_BOT_TOKEN", "abc:" + "x" * 30, "123456789:AA"),
        ("TELEGRAM_API_URL", "ftp://host", "https://host.example/path"),
        ("TELEGRAM_MODE", "pull", "'polling' or 'webhook'"),
        ("WEB_PORT", "70000", "less than or equal to 65535"),
        ("TELEGRAM_USERNAME", "@brenda", "without @"),
        ("TELEGRAM_WEBHOOK_SECRET", "con espacios", "letters, digits, - and _"),
        ("ADVISOR_CHAT", "@ana", "123456789 or -1001234567890"),
        ("OPENAI_BASE_URL", "localhost:1234", "https://host.example/path"),
        ("MODEL_TIMEOUT_SECONDS", "0", "greater than 0"),
        ("TURN_DEADLINE_SECONDS", "soon", "valid number"),
        ("PAYMENT_PROVIDER", "cash", "'sandbox', 'stripe' or 'stars'"),
        ("LINK_HOURS", "0", "greater than 0"),
        ("LINK_HOURS", "721", "less than or equal to 720"),
        ("HANDOFF_MINUTES", "-5", "greater than 0"),
        ("BURST_SECONDS", "11", "less than or equal to 10"),
        ("PROMPT_BUDGET_CHARS", "100", "greater than or equal to 20000"),
        ("EXPLORATION_FLOOR", "0.5", "less than or equal to 0.2"),
        ("WORKER_CONCURRENCY", "0", "greater than or equal to 1"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_wrong_setting_is_named_with_the_right_form(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, form: str
) -> None:
    given_environment(monkeypatch, **{name: value})
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    fault = next(line for line in str(caught.value).splitlines() if line.strip().startswith(f"{name}: "))
    assert form in fault


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"DATABASE_URL": "postgresql://user@host/name"}, "SECRET_KEY: is needed with DATABASE_URL"),
        ({"TELEGRAM_MODE": "webhook"}, "TELEGRAM_WEBHOOK_SECRET: is needed"),
        ({"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "s", "WEB": "false"}, "WEB: should be true"),
        ({"SECOND_MODEL": "other"}, "SECOND_BASE_URL or SECOND_API_KEY: is needed with SECOND_MODEL"),
    ],
)
def test_setting_that_needs_another_names_it(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    given_environment(monkeypatch, **values)
    with pytest.raises(SettingsError, match=named):
        load_settings(None)


@pytest.mark.parametrize(
    ("database", "provider", "is_refused"),
    [("", "", False), (DATABASE, "", True), (DATABASE, "sandbox", False), ("", "sandbox", False)],
)
def test_real_people_pay_in_the_sandbox_only_if_somebody_said_so(
    monkeypatch: pytest.MonkeyPatch, database: str, provider: str, is_refused: bool
) -> None:
    given_environment(monkeypatch, DATABASE_URL=database, PAYMENT_PROVIDER=provider, SECRET_KEY=KEY)
    settings = load_settings(None)
    with pytest.raises(SettingsError, match=r"PAYMENT_PROVIDER.*stripe or stars") if is_refused else nullcontext():
        refuse_unchosen_sandbox(settings)


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_environment(monkeypatch, LOG_LEVEL="loud", LINK_HOURS="0", PUBLIC_URL="here")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert all(name in str(caught.value) for name in ("LOG_LEVEL", "LINK_HOURS", "PUBLIC_URL"))


SECRETS = {
    "DATABASE_URL": "postgresql://brenda:hush-database@host:5432/name",
    "SECRET_KEY": "hush-key-" + KEY,
    "TELEGRAM_BOT_TOKEN": "123456789:hush-token-" + "x" * 20,
    "TELEGRAM_WEBHOOK_SECRET": "hush-webhook",
    "OPENAI_API_KEY": "hush-openai",
    "SECOND_API_KEY": "hush-second",
}


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    given_environment(monkeypatch, **SECRETS)
    settings = load_settings(None)
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == SECRETS["SECRET_KEY"]
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings)


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_not_told_in_faults(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    wrong = {"DATABASE_URL": "mysql://brenda:hush@host/name", "SECRET_KEY": "hush", "TELEGRAM_BOT_TOKEN": "hush"}
    given_environment(monkeypatch, **{name: wrong.get(name, "hush")}, LOG_LEVEL="loud")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert "hush" not in str(caught.value)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings(None).company = "Otra"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("values", "known"),
    [({"OPENAI_API_KEY": "k"}, True), ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, True), ({}, False)],
)
def test_local_endpoint_needs_no_key(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], known: bool) -> None:
    given_environment(monkeypatch, **values)
    assert load_settings(None).has_model is known
