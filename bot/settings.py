"""Settings from the environment or `.env`; a wrong one is named in one line."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from programmes import SERVICE_CENTRE
from storage.database import DatabaseUrlInvalid, driver_url

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
OFFICIAL_API = "https://api.telegram.org"
TELEGRAM_ID_MAX = 2**52  # "at most 52 significant bits", as the Bot API says
PORT_MAX = 65_535


class SettingInvalid(Exception):
    """A setting is missing or wrong: which, and what was expected; never its value."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True)
class Listen:
    """Where the webhook is served."""

    host: str
    port: int


class Settings(BaseSettings):
    """Everything that a deployment sets."""

    model_config = SettingsConfigDict(
        env_prefix="SVOI_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
    )

    bot_token: str = Field(repr=False)
    telegram_api: str = OFFICIAL_API
    database_url: str = Field("sqlite:///svoi.db", repr=False)
    programme: Path = SERVICE_CENTRE
    owner_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    webhook_url: str | None = None
    webhook_secret: str | None = Field(None, repr=False)
    webhook_listen: Annotated[Listen, NoDecode] = Listen("127.0.0.1", 8081)
    erasures_file: Path | None = None  # beside the database, unless set

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: str) -> str:
        if not _TOKEN.fullmatch(value.strip()):
            raise ValueError("expected a token as @BotFather gives it, 123456:ABC…")
        return value.strip()

    @field_validator("telegram_api", "webhook_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _is_address(value):
            raise ValueError("expected an address that begins with https:// or http://")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            driver_url(value)
        except DatabaseUrlInvalid as error:
            raise ValueError(error.reason) from None
        return value

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _owners(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(_is_number(part) and 0 < int(part) <= TELEGRAM_ID_MAX for part in parts):
            raise ValueError("expected Telegram ids, numbers with a comma between them")
        return frozenset(int(part) for part in parts)

    @field_validator("webhook_listen", mode="before")
    @classmethod
    def _listen(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        host, colon, port = value.rpartition(":")
        if not colon or not host or not _is_number(port) or not 0 < int(port) <= PORT_MAX:
            raise ValueError("expected HOST:PORT, such as 127.0.0.1:8081")
        return Listen(host.strip("[]"), int(port))

    @property
    def erasures_path(self) -> Path:
        """The list of erasures: beside the database's file; for a server, where the bot runs."""
        if self.erasures_file is not None:
            return self.erasures_file
        url = driver_url(self.database_url)
        is_file = url.get_backend_name() == "sqlite"
        return Path(f"{url.database}.erasures" if is_file else "svoi.erasures")

    @model_validator(mode="after")
    def _secret_with_webhook(self) -> "Settings":
        if self.webhook_url is not None and not _SECRET.fullmatch(self.webhook_secret or ""):
            raise ValueError(
                "SVOI_WEBHOOK_SECRET: expected 1 to 256 of A-Z a-z 0-9 _ -, "
                "it is required with SVOI_WEBHOOK_URL"
            )
        return self


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or 0 < parts.port <= PORT_MAX
    except ValueError:  # a port that is no number, half of an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_port


def read_settings(**overrides: Any) -> Settings:
    """The settings; raises SettingInvalid for the first that is wrong."""
    try:
        return Settings(**overrides)
    except UnicodeDecodeError:
        raise SettingInvalid(".env", "expected UTF-8") from None
    except OSError as error:
        raise SettingInvalid(".env", f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        expected = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            name, _, expected = expected.partition(": ")
            raise SettingInvalid(name, expected) from None
        if first["type"] == "missing":
            expected = "it is required and not set"
        raise SettingInvalid(f"SVOI_{str(first['loc'][0]).upper()}", expected) from None
