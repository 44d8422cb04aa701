"""All configuration. Built once, in `bot/app.py`, and passed down; nothing else reads the environment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class TwilioSettings(BaseModel):
    model_config = {"frozen": True}

    account_sid: str | None = None
    auth_token: SecretStr | None = None
    whatsapp_from: str | None = None
    api_base_url: str | None = None
    sms_from: str | None = None
    code_content_sid: str | None = None


class TelegramSettings(BaseModel):
    model_config = {"frozen": True}

    token: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    api_base_url: str | None = None
    mode: Literal["webhook", "polling"] | None = None  # unset: webhook where its secret is set, else polling


class MissingSettings(Exception):
    """Some settings of a channel are there and others are not; the names of the missing ones."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Settings(BaseSettings):
    """Secrets have no defaults: a missing one stops the start with its name."""

    model_config = SettingsConfigDict(
        env_prefix="TRATO_", env_nested_delimiter="__", env_file=".env", frozen=True, extra="ignore"
    )

    home: Path = Path(".trato")
    database_url: SecretStr | None = None
    public_url: str | None = None
    port: int = 8080
    host: str = "127.0.0.1"
    rasa_url: str | None = None
    rasa_port: int = 5005
    rasa_secret: SecretStr | None = None
    actions_port: int = 5055
    timezone: str = "America/Sao_Paulo"
    gather_seconds: float = Field(default=1.0, ge=0, le=30)
    reply_timeout_seconds: float = Field(
        default=50.0, gt=0
    )  # above the longest turn that Rasa allows (credentials.yml)
    policies: Path = Path("policies")
    worker_concurrency: int = Field(default=16, ge=1)
    log_format: Literal["text", "json"] = "text"
    testing: bool = False
    now: datetime | None = None

    twilio: TwilioSettings = TwilioSettings()
    telegram: TelegramSettings = TelegramSettings()

    @model_validator(mode="before")
    @classmethod
    def empty_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`TRATO_X=` in a compose file means: not set."""
        return {
            name: {n: v for n, v in value.items() if v != ""} if isinstance(value, dict) else value
            for name, value in values.items()
            if value != ""
        }

    @model_validator(mode="after")
    def clock_only_in_tests(self) -> Self:
        if self.now is not None and not self.testing:
            raise ValueError("TRATO_NOW works only with TRATO_TESTING=1")
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("TRATO_NOW needs an offset, e.g. 2026-11-23T10:00:00-03:00")
        return self

    @property
    def dialogue_url(self) -> str:
        return (self.rasa_url or f"http://127.0.0.1:{self.rasa_port}").rstrip("/")

    @property
    def whatsapp_is_on(self) -> bool:
        """Raises MissingSettings where it is half set."""
        given = {
            "TRATO_TWILIO__ACCOUNT_SID": self.twilio.account_sid,
            "TRATO_TWILIO__AUTH_TOKEN": self.twilio.auth_token,
            "TRATO_TWILIO__WHATSAPP_FROM": self.twilio.whatsapp_from,
        }
        return _all_or_none(given, also={"TRATO_PUBLIC_URL": self.public_url})

    @property
    def telegram_mode(self) -> Literal["webhook", "polling"]:
        return self.telegram.mode or ("webhook" if self.telegram.webhook_secret else "polling")

    @property
    def telegram_is_on(self) -> bool:
        """Raises MissingSettings where it is half set."""
        also: dict[str, object] = {}
        if self.telegram_mode == "webhook":
            also = {"TRATO_TELEGRAM__WEBHOOK_SECRET": self.telegram.webhook_secret, "TRATO_PUBLIC_URL": self.public_url}
        return _all_or_none({"TRATO_TELEGRAM__TOKEN": self.telegram.token}, also=also)


def _all_or_none(given: dict[str, Any], *, also: dict[str, Any]) -> bool:
    if not any(given.values()):
        return False
    missing = [name for name, value in (given | also).items() if not value]
    if missing:
        raise MissingSettings(missing)
    return True
