"""``adapter-NAME.toml``: the gateway, certificates, the journal, and the address. An unknown key is an error."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

from adapters.acts import Mode
from adapters.client import ClientSettings
from adapters.errors import SettingsError
from adapters.http.areas import area_named
from adapters.officers import OfficerSigner
from adapters.rules import MOST_PURPOSE

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.http.areas import Area

_MOST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the side-car is asked, and by whom.

    Attributes:
        host: IP address.
        port: 0: any.
        hosts: What a request's ``Host`` may name, without a port, in lower case.
        certificate: PEM chain of the side-car's own certificate; None: without TLS, on the loopback only.
        key: Its key.
        client_authorities: PEM certificates of the authorities that issue the clients' certificates.
    """

    host: str
    port: int
    hosts: frozenset[str]
    certificate: Path | None
    key: Path | None
    client_authorities: Path | None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is configured.

    Attributes:
        area: The area.
        mode: Whether answers bind.
        officer: In whose name the side-car itself fetches endings.
        journal: The journal's file.
        upkeep: How often outcomes are reported and endings fetched.
        case_ref: Pattern that every case number matches.
        purpose: Of questions that state none; empty: none.
        limits: The area's age limits, by name.
        client: The gateway.
        listening: The side-car's own address.
    """

    area: Area
    mode: Mode
    officer: str
    journal: Path
    upkeep: timedelta
    case_ref: str
    purpose: str
    limits: dict[str, timedelta]
    client: ClientSettings
    listening: Listening


def load(path: Path, name: str, state: Path) -> Settings:
    """Read the file of the side-car for the area *name*; relative paths count from *state*.

    Raises:
        SettingsError: It cannot be read, a key is unknown, missing or of another form, or the address is open to
            others without client certificates; the message names file and key.
    """
    area = area_named(name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    top = _Table(path, "", content)
    adapter, gateway, listen, limits = (top.table(each) for each in ("adapter", "gateway", "listen", "age_limits_days"))
    officers = top.table("officers") if "officers" in content else None
    top.end()
    case_ref = adapter.text("case_ref", ".+")
    try:
        re.compile(case_ref)
    except re.error as error:
        raise adapter.wrong("case_ref", f"a regular expression ({error})") from error
    purpose = adapter.text("purpose", "")
    if len(purpose.encode()) > MOST_PURPOSE:
        raise adapter.wrong("purpose", f"a text of at most {MOST_PURPOSE} bytes")
    mode = adapter.text("mode")
    if mode not in set(Mode):
        raise adapter.wrong("mode", "observe or enforce")
    found = Settings(
        area=area,
        mode=Mode(mode),
        officer=adapter.text("officer"),
        journal=state / adapter.text("journal"),
        upkeep=timedelta(seconds=adapter.number("upkeep_seconds", 3600)),
        case_ref=case_ref,
        purpose=purpose,
        limits={each: timedelta(days=limits.number(each, 3660)) for each in area.limits},
        client=_client(gateway, officers, state),
        listening=_listening(listen, state),
    )
    for table in (adapter, gateway, listen, limits, officers):
        if table is not None:
            table.end()
    return found


def _client(table: _Table, officers: _Table | None, state: Path) -> ClientSettings:
    signer = None
    if officers is not None:
        agency, kid, key, name = (officers.text(each) for each in ("agency", "kid", "key", "gateway"))
        signer = OfficerSigner(agency, kid, state / key, name)
    return ClientSettings(
        target=table.text("target"),
        ca_file=state / table.text("ca_file"),
        certificate_file=state / table.text("certificate"),
        key_file=state / table.text("key"),
        server_name=table.text("server_name", "") or None,
        deadline_seconds=table.number("deadline_seconds", 300),
        officers=signer,
    )


def _listening(table: _Table, state: Path) -> Listening:
    host, _, port = table.text("address").rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        loopback = ip_address(host).is_loopback
    except ValueError as error:
        raise table.wrong("address", "an IP address and a port, such as 127.0.0.1:8443,") from error
    if not (port.isascii() and port.isdigit() and int(port) <= _MOST_PORT):
        raise table.wrong("address", f"a port up to {_MOST_PORT}")
    files = [table.text(key, "") for key in ("certificate", "key", "client_authorities")]
    if any(files) and not all(files):
        raise table.wrong("client_authorities", "certificate, key and client_authorities together")
    if not loopback and not any(files):
        raise table.wrong(
            "address", "a loopback address, or TLS with client certificates (certificate, key, client_authorities),"
        )
    hosts = table.texts("hosts", ["127.0.0.1", "localhost", "::1"] if loopback else [])
    if not hosts:
        raise table.wrong("hosts", "the names by which clients reach it")
    certificate, key, authorities = (state / each if each else None for each in files)
    return Listening(host, int(port), frozenset(each.lower() for each in hosts), certificate, key, authorities)


class _Table:
    """One table of the file, from which every key is taken once."""

    def __init__(self, path: Path, name: str, content: dict[str, Any]) -> None:
        self._path, self._name, self._left = path, name, dict(content)

    def table(self, key: str) -> _Table:
        """Take a table that must be there."""
        value = self._left.pop(key, None)
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return _Table(self._path, key, value)

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text."""
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key, "a text")
        return value

    def texts(self, key: str, default: list[str]) -> list[str]:
        """Take a list of texts."""
        value = self._left.pop(key, default)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.wrong(key, "a list of texts")
        return value

    def number(self, key: str, most: int) -> int:
        """Take a whole number from 1 to *most*."""
        value = self._left.pop(key, None)
        if type(value) is not int or not 1 <= value <= most:
            raise self.wrong(key, f"a whole number from 1 to {most}")
        return value

    def end(self) -> None:
        """Refuse what was not taken."""
        for key in sorted(self._left):
            raise SettingsError(f"{self._path}: {self._at(key)}: is not known")

    def wrong(self, key: str, wanted: str) -> SettingsError:
        """Return the error that names a key."""
        return SettingsError(f"{self._path}: {self._at(key)}: {wanted} is expected")

    def _at(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key
