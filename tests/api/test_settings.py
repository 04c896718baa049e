from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import ParamSpec

import pytest

from sgpctl.api.settings import SDK_ENVIRONMENTS, ApiKey, Connection, resolve_connection
from sgpctl.errors import SettingsError

SECRET = "sk-live-9f31c07ab2"
Settings = ParamSpec("Settings")


def resolve(
    *,
    base_url: str | None = "https://api.example.com",
    sdk_environment: str | None = None,
    account_id: str | None = None,
    environ: dict[str, str] | None = None,
    read_text: Callable[[str], str] = lambda _: SECRET,
) -> Connection:
    return resolve_connection(
        environment="prod",
        base_url=base_url,
        sdk_environment=sdk_environment,
        account_id=account_id,
        environ={"SGP_API_KEY": SECRET} if environ is None else environ,
        read_text=read_text,
    )


def failing(function: Callable[Settings, Connection]) -> Callable[Settings, SettingsError]:
    """`function`, of which the error is wanted."""

    def call(*args: Settings.args, **settings: Settings.kwargs) -> SettingsError:
        with pytest.raises(SettingsError) as caught:
            function(*args, **settings)
        return caught.value

    return call


refusal = failing(resolve)


@pytest.mark.parametrize(("name", "address"), SDK_ENVIRONMENTS.items())
def test_the_sdk_names_stand_for_its_hosts(name: str, address: str) -> None:
    assert resolve(base_url=None, sdk_environment=name).base_url == address


def test_an_unknown_sdk_name_is_refused_with_the_known_ones() -> None:
    error = refusal(base_url=None, sdk_environment="prod-mt")
    assert "'prod-mt'" in error.message
    assert "production-multitenant" in (error.hint or "")


def test_the_environments_own_address_wins_over_the_variable() -> None:
    environ = {"SGP_API_KEY": SECRET, "SGP_CLIENT_BASE_URL": "https://elsewhere.example.com"}
    assert resolve(environ=environ).base_url == "https://api.example.com"
    assert resolve(base_url=None, sdk_environment="staging", environ=environ).base_url.endswith(
        "staging-sgp.scale.com"
    )


def test_the_variable_fills_the_gap() -> None:
    environ = {"SGP_API_KEY": SECRET, "SGP_CLIENT_BASE_URL": "https://own.example.com/sgp/"}
    assert resolve(base_url=None, environ=environ).base_url == "https://own.example.com/sgp"


def test_no_address_says_what_to_write() -> None:
    error = refusal(base_url=None)
    assert "no address" in error.message
    assert "environments.prod" in (error.hint or "")
    assert "SGP_CLIENT_BASE_URL" in (error.hint or "")


def test_two_addresses_are_refused() -> None:
    assert "twice" in refusal(sdk_environment="staging").message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.com/", "https://api.example.com"),
        ("https://API.example.com:8443/a/b/", "https://api.example.com:8443/a/b"),
        ("http://127.0.0.1:5003/public", "http://127.0.0.1:5003/public"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_path_prefix_is_kept_and_a_trailing_slash_is_not(given: str, kept: str) -> None:
    assert resolve(base_url=given).base_url == kept


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("api.example.com", "does not begin with https://"),
        ("ftp://api.example.com", "does not begin with https://"),
        ("https://", "does not begin with https://"),
        ("https://:443", "names no host"),
        ("https://someone:hunter2@api.example.com", "user name or a password"),
        ("https://api.example.com?x=1", "query"),
        ("https://api.example.com/#top", "fragment"),
        ("https://api.example.com/a/../b", "path"),
        ("https://api.example.com/v5", "/v5"),
        ("https://api.example.com:port", "malformed"),
        ("https://[::1", "malformed"),
        ("https://api.exa\nmple.com", "control characters"),
        ("https://api example.com", "spaces"),
        ("https://äpi.example.com", "outside ASCII"),
        ("http://api.example.com", "plain http"),
        ("http://127.0.0.1.example.com", "plain http"),
        ("http://10.0.0.1", "plain http"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(given: str, problem: str) -> None:
    error = refusal(base_url=given)
    assert problem in error.message
    assert "environment prod: base_url" in error.message
    assert "hunter2" not in error.message


def test_a_bad_address_in_the_variable_is_named_as_such() -> None:
    environ = {"SGP_API_KEY": SECRET, "SGP_CLIENT_BASE_URL": "nonsense"}
    assert refusal(base_url=None, environ=environ).message.startswith("SGP_CLIENT_BASE_URL")


def test_without_a_key_the_three_ways_out_are_named() -> None:
    error = refusal(environ={})
    assert error.message == "environment prod needs an API key, and none is set"
    assert error.hint == (
        "set SGP_API_KEY to the key; or set SGP_API_KEY_FILE to the path of a file that holds it; "
        "or work offline in the sandbox environment with `--env sandbox`"
    )


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert "none is set" in refusal(environ={"SGP_API_KEY": "", "SGP_API_KEY_FILE": ""}).message


def test_the_key_comes_from_the_variable_without_its_line_end() -> None:
    key = resolve(environ={"SGP_API_KEY": f"{SECRET}\n"}).api_key
    assert key.reveal() == SECRET
    assert key.source == "SGP_API_KEY"


def test_the_key_comes_from_the_file_without_its_line_end() -> None:
    key = resolve(environ={"SGP_API_KEY_FILE": "/run/key"}, read_text=lambda _: f"{SECRET}\r\n").api_key
    assert key.reveal() == SECRET
    assert "/run/key" in key.source


def test_two_equal_keys_are_one() -> None:
    environ = {"SGP_API_KEY": SECRET, "SGP_API_KEY_FILE": "/run/key"}
    assert resolve(environ=environ).api_key.reveal() == SECRET


def test_two_different_keys_are_refused() -> None:
    environ = {"SGP_API_KEY": "sk-other-000", "SGP_API_KEY_FILE": "/run/key"}
    error = refusal(environ=environ)
    assert "different keys" in error.message
    assert SECRET not in error.message
    assert "sk-other" not in error.message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (f"{SECRET}\nsecond line", "line breaks"),
        (f"{SECRET}é", "outside ASCII"),
        (f"{SECRET}\x00", "control characters"),
        (f"export KEY={SECRET} x", "spaces"),
    ],
)
def test_a_file_that_holds_no_key_is_refused_without_showing_it(content: str, problem: str) -> None:
    error = refusal(environ={"SGP_API_KEY_FILE": "/run/key"}, read_text=lambda _: content)
    assert problem in error.message
    assert "/run/key" in error.message
    assert SECRET not in f"{error.message}{error.hint}"


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, "invalid start byte"), "not a text file"),
        (ValueError("embedded null byte"), "not a text file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(problem: Exception, words: str) -> None:
    def read_text(_: str) -> str:
        raise problem

    error = refusal(environ={"SGP_API_KEY_FILE": "/run/key"}, read_text=read_text)
    assert words in error.message
    assert SECRET not in error.message


def test_the_account_is_the_pinned_one_or_the_variables() -> None:
    environ = {"SGP_API_KEY": SECRET, "SGP_ACCOUNT_ID": "acct_1"}
    assert resolve(account_id="acct_1").account_id == "acct_1"
    assert resolve(environ=environ).account_id == "acct_1"
    assert resolve(account_id="acct_1", environ=environ).account_id == "acct_1"
    assert resolve().account_id is None


def test_another_account_in_the_variables_is_refused_and_both_are_named() -> None:
    error = refusal(account_id="acct_1", environ={"SGP_API_KEY": SECRET, "SGP_ACCOUNT_ID": "acct_2"})
    assert "acct_1" in error.message
    assert "acct_2" in error.message


def test_an_account_id_that_cannot_travel_in_a_header_is_refused() -> None:
    assert "account_id" in refusal(account_id="acct\r\nx-evil: 1").message
    assert "SGP_ACCOUNT_ID" in refusal(environ={"SGP_API_KEY": SECRET, "SGP_ACCOUNT_ID": "ä"}).message


def test_a_key_is_never_printed() -> None:
    connection = resolve()
    shown = f"{connection.api_key} {connection.api_key!r} {connection!r} {format(connection.api_key)}"
    assert SECRET not in shown
    assert "SGP_API_KEY" in shown


def test_a_key_cannot_be_written_down() -> None:
    key = ApiKey(SECRET, source="SGP_API_KEY")
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="never written"):
            write(key)


@pytest.mark.parametrize("echo", ["a {} b", '{{"key": "{}"}}', "<p>{}</p>"])
def test_an_echoed_key_is_taken_out_of_a_text(echo: str) -> None:
    assert SECRET not in ApiKey(SECRET, source="here").taken_out_of(echo.format(SECRET))
    assert ApiKey("", source="sandbox").taken_out_of("text") == "text"


def test_an_escaped_echo_is_taken_out_too() -> None:
    key = ApiKey('sk-1a"b<c', source="here")
    echoes = '{"key": "sk-1a\\"b<c"} sk-1a&quot;b&lt;c sk-1a%22b%3Cc'
    assert key.taken_out_of(echoes) == '{"key": "[key]"} [key] [key]'


def test_a_key_of_a_few_letters_is_a_word_and_stays() -> None:
    assert ApiKey("any", source="here").taken_out_of("the company") == "the company"
