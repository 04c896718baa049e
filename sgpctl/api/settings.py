"""Where an environment is and with which key it is reached, made up from the project file and the variables.

What the project file says wins; variables fill its gaps (design 8). The names are the official SDK's (API 1.1, 1.2).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from sgpctl.errors import SettingsError
from sgpctl.model.secret import without_secret

KEY_VARIABLE = "SGP_API_KEY"
KEY_FILE_VARIABLE = "SGP_API_KEY_FILE"
ACCOUNT_VARIABLE = "SGP_ACCOUNT_ID"
BASE_URL_VARIABLE = "SGP_CLIENT_BASE_URL"

SDK_ENVIRONMENTS: Mapping[str, str] = {
    "production": "https://api.egp.scale.com",
    "production-multitenant": "https://api.sgp.scale.com",
    "staging": "https://api.staging-sgp.scale.com",
    "development": "https://api.dev-sgp.scale.com",
    "local": "http://127.0.0.1:5003/public",
}
"""The SDK's names for the platform's hosts (API 1.1)."""


class ApiKey:
    """A key that cannot be printed by accident; `source` says where it came from, which may be shown."""

    __slots__ = ("_secret", "source")

    def __init__(self, secret: str, *, source: str) -> None:
        self._secret = secret
        self.source = source

    def reveal(self) -> str:
        return self._secret

    def taken_out_of(self, text: str) -> str:
        """`text` with `[key]` where a server echoes the key, in whatever way it spells it."""
        return without_secret(text, self._secret, "[key]")

    def __repr__(self) -> str:
        return f"ApiKey(from {self.source})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never written anywhere")


@dataclass(frozen=True, slots=True)
class Connection:
    """A target that can be talked to. `base_url` has no trailing slash; without `account_id` no account is selected."""

    base_url: str
    account_id: str | None
    api_key: ApiKey

    @property
    def host(self) -> str:
        """Host and port as people read them."""
        return urlsplit(self.base_url).netloc


def resolve_connection(
    *,
    environment: str,
    base_url: str | None,
    sdk_environment: str | None,
    account_id: str | None,
    environ: Mapping[str, str],
    read_text: Callable[[str], str],
) -> Connection:
    """The connection of `environment`, whose own `base_url`, `sdk_environment` and `account_id` come first.

    Raises SettingsError, worded for the person who can mend it, whenever something is missing, wrong or in conflict.
    """
    return Connection(
        base_url=_address(environment, base_url, sdk_environment, environ),
        account_id=_account(environment, account_id, environ),
        api_key=_key(environment, environ, read_text),
    )


def is_loopback(host: str) -> bool:
    """True for this machine's own names and addresses, where plain http stays inside."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(
    environment: str, base_url: str | None, sdk_environment: str | None, environ: Mapping[str, str]
) -> str:
    if base_url is not None and sdk_environment is not None:
        raise SettingsError(
            f"environment {environment}: it names an address twice, by base_url and as {sdk_environment}",
            hint="keep one of the two in sgpctl.yaml",
        )
    if base_url is not None:
        return _checked_address(base_url, f"environment {environment}: base_url")
    if sdk_environment is not None:
        return _sdk_address(environment, sdk_environment)
    if environ.get(BASE_URL_VARIABLE):
        return _checked_address(environ[BASE_URL_VARIABLE], BASE_URL_VARIABLE)
    raise SettingsError(
        f"environment {environment}: no address is known",
        hint=f"write `base_url: https://...` or `target: production` under environments.{environment} in sgpctl.yaml, "
        f"or set {BASE_URL_VARIABLE}",
    )


def _sdk_address(environment: str, name: str) -> str:
    try:
        return SDK_ENVIRONMENTS[name]
    except KeyError:
        known = ", ".join(sorted(SDK_ENVIRONMENTS))
        raise SettingsError(
            f"environment {environment}: the target {name!r} is not known", hint=f"known are {known}"
        ) from None


def _checked_address(text: str, where: str) -> str:
    """`text` as a base address: https, or http to this machine; a path prefix is kept (API 1.1)."""
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise SettingsError(
            f"{where}: the address has spaces, control characters or letters outside ASCII",
            hint="write it as https://host/optional/prefix",
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SettingsError(
            f"{where}: the address is malformed", hint="write it as https://host/optional/prefix"
        ) from None
    problem = _address_problem(parts, host)
    if problem is not None:
        # An address with a password in it is not repeated.
        shown = "the address" if "@" in text else repr(text)
        raise SettingsError(f"{where}: {shown} {problem}", hint="write it as https://host/optional/prefix")
    name = f"[{host}]" if ":" in host else host
    netloc = name if port is None else f"{name}:{port}"
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"


def _address_problem(parts: SplitResult, host: str) -> str | None:
    segments = parts.path.split("/")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return "does not begin with https://"
    if parts.username is not None or parts.password is not None:
        return "carries a user name or a password"
    if not host:
        return "names no host"
    if parts.query or parts.fragment:
        return "has a query or a fragment"
    if "." in segments or ".." in segments or "" in segments[1:-1]:
        return "has an empty, `.` or `..` part in its path"
    if parts.path.rstrip("/").endswith("/v5"):
        return "ends in /v5, which sgpctl adds itself"
    if parts.scheme == "http" and not is_loopback(host):
        return "is plain http, which would send the key readable over the network"
    return None


def _account(environment: str, pinned: str | None, environ: Mapping[str, str]) -> str | None:
    given = environ.get(ACCOUNT_VARIABLE) or None
    if pinned is not None and given is not None and pinned != given:
        raise SettingsError(
            f"environment {environment} is pinned to account {pinned!r}, and {ACCOUNT_VARIABLE} says {given!r}",
            hint=f"unset {ACCOUNT_VARIABLE}, or choose the environment that belongs to it",
        )
    account = pinned if pinned is not None else given
    if account is not None and not _fits_in_a_header(account):
        source = f"environment {environment}: account_id" if pinned is not None else ACCOUNT_VARIABLE
        raise SettingsError(
            f"{source}: {account!r} is not an account id",
            hint="an account id has no spaces and no letters outside ASCII",
        )
    return account


def _key(environment: str, environ: Mapping[str, str], read_text: Callable[[str], str]) -> ApiKey:
    in_variable = _key_in_variable(environ)
    in_file = _key_in_file(environ, read_text)
    if in_variable is not None and in_file is not None and in_variable.reveal() != in_file.reveal():
        raise SettingsError(
            f"{KEY_VARIABLE} and the file named by {KEY_FILE_VARIABLE} hold different keys",
            hint="unset one of the two",
        )
    key = in_variable or in_file
    if key is None:
        raise SettingsError(
            f"environment {environment} needs an API key, and none is set",
            hint=f"set {KEY_VARIABLE} to the key; or set {KEY_FILE_VARIABLE} to the path of a file that holds it; "
            "or work offline in the sandbox environment with `--env sandbox`",
        )
    return key


def _key_in_variable(environ: Mapping[str, str]) -> ApiKey | None:
    text = environ.get(KEY_VARIABLE)
    return ApiKey(_checked_key(text, KEY_VARIABLE), source=KEY_VARIABLE) if text else None


def _key_in_file(environ: Mapping[str, str], read_text: Callable[[str], str]) -> ApiKey | None:
    path = environ.get(KEY_FILE_VARIABLE)
    if not path:
        return None
    source = f"{path} (named by {KEY_FILE_VARIABLE})"
    try:
        text = read_text(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{source}: the key cannot be read: {reason}") from None
    except ValueError:  # invalid UTF-8, or a path that no file can have; its text could quote the content
        raise SettingsError(f"{source}: the key cannot be read: it is not a text file") from None
    return ApiKey(_checked_key(text, source), source=source)


def _checked_key(text: str, source: str) -> str:
    secret = text.strip()
    if not secret:
        raise SettingsError(f"{source}: the key is empty")
    if not _fits_in_a_header(secret):
        raise SettingsError(
            f"{source}: what is there is not a key: it has line breaks, spaces, control characters or letters "
            "outside ASCII",
            hint="the key must stand alone, on one line",
        )
    return secret


def _fits_in_a_header(text: str) -> bool:
    return bool(text) and all("!" <= letter <= "~" for letter in text)
