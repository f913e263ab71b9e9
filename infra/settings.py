"""Every setting, once; each is an environment variable with the prefix WIN_."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.errors import SetupError


class Settings(BaseSettings):
    """What an operator may decide; docs/operating.md describes each one."""

    model_config = SettingsConfigDict(env_prefix="WIN_", extra="ignore")

    database_url: str | None = Field(None, description="PostgreSQL owner's address; unset starts the embedded one")
    redis_url: str | None = Field(None, description="Redis address; unset starts the embedded one")
    data: Path = Field(Path(".win"), description="Folder of the embedded servers and the generated secret")
    secret_key: SecretStr | None = Field(
        None, description="Key of derived passwords; unset is generated in the data folder"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, description="Port to listen on")
    pool_size: int = Field(10, ge=3, le=200, description="Database connections of one web process")
    drain_seconds: int = Field(
        10, ge=0, le=600, description="Seconds that requests may take to end when the web process is told to stop"
    )
    connections: int = Field(1000, ge=10, le=100_000, description="Connections that one web process holds at once")
    connections_per_address: int = Field(
        100, ge=4, le=100_000, description="Of these, from one address that is no known proxy's"
    )
    request_seconds: float = Field(
        20, ge=0.1, le=600, description="Seconds that a request's head, its body, and taking its answer may take, each"
    )
    public_url: str | None = Field(None, description="Address that links in mails begin with; unset is host and port")
    smtp_url: SecretStr | None = Field(None, description="Mail server; unset puts mails into a folder of the data")
    mail_from: str | None = Field(None, description="Sender of mails; unset is no-reply at the public address")
    development: bool = Field(False, description="Whether developers find /_ui, the gallery of what pages are made of")
    read_path: Literal["compiled", "reference"] = Field(
        "compiled", description="How reads are answered; reference is for tests"
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token for /metrics and the details of /readyz; unset they are for this machine alone"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe log line written")


@lru_cache
def settings() -> Settings:
    """Return the settings of this process, read once. Raises `SetupError`."""
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        name = "_".join(str(part) for part in fault["loc"]).upper()
        raise SetupError(f"WIN_{name} cannot be used: {fault['msg']}.") from None


def public_address() -> str:
    """Return what links that leave this machine begin with, without a slash at the end."""
    given = settings()
    return given.public_url.rstrip("/") if given.public_url else local_address()


def local_address() -> str:
    """Return the address that somebody at this machine types."""
    given = settings()
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(given.host, given.host)  # noqa: S104 (compared, not bound)
    return f"http://{f'[{host}]' if ':' in host else host}:{given.port}"
