"""``adapter-NAME.toml``: the gateway, certificates, the journal, and the address. An unknown key is an error."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from adapters.acts import Mode
from adapters.client import ClientSettings
from adapters.errors import SettingsError
from adapters.http.areas import area_named
from adapters.http.tables import Table
from adapters.http.tls import ClientFiles
from adapters.officers import OfficerSigner
from adapters.rules import MOST_PURPOSE

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.http.area import Area
    from adapters.rules import AreaRules

_MOST_PORT: Final = 65535
_TLS: Final = ("certificate", "key", "client_authorities", "client_revocations")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the side-car is asked, and by whom.

    Attributes:
        host: IP address.
        port: 0: any.
        hosts: What a request's ``Host`` may name, without a port, in lower case.
        tls: What is needed to speak TLS with client certificates; None: without, on the loopback only.
    """

    host: str
    port: int
    hosts: frozenset[str]
    tls: ClientFiles | None


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
        register_cases: Its cases are registered at the gateway, which clears their final acts itself.
        fetches_endings: It fetches endings for its agency; where several side-cars are one's, one of them does.
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
    register_cases: bool
    fetches_endings: bool
    limits: dict[str, timedelta]
    client: ClientSettings
    listening: Listening

    def rules(self) -> AreaRules:
        """Return the area's rules with all that is configured of them, for whoever asks by this file."""
        return replace(
            self.area.rules(self.limits),
            case_refs=re.compile(self.case_ref),
            purpose=self.purpose,
            register_cases=self.register_cases,
        )


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
    top = Table(path, "", content)
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
        register_cases=adapter.flag("register_cases", default=False),
        fetches_endings=adapter.flag("fetches_endings"),
        limits={each: timedelta(days=limits.number(each, 3660)) for each in area.limits},
        client=_client(gateway, officers, state),
        listening=_listening(listen, state),
    )
    for table in (adapter, gateway, listen, limits, officers):
        if table is not None:
            table.end()
    return found


def _client(table: Table, officers: Table | None, state: Path) -> ClientSettings:
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


def _listening(table: Table, state: Path) -> Listening:
    host, _, port = table.text("address").rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        loopback = ip_address(host).is_loopback
    except ValueError as error:
        raise table.wrong("address", "an IP address and a port, such as 127.0.0.1:8443,") from error
    if not (port.isascii() and port.isdigit() and int(port) <= _MOST_PORT):
        raise table.wrong("address", f"a port up to {_MOST_PORT}")
    files = [table.text(key, "") for key in _TLS]
    missing = [key for key, file in zip(_TLS, files, strict=True) if not file]
    if any(files) and missing:
        raise table.wrong(missing[0], f"{', '.join(_TLS)} together")
    if not loopback and not any(files):
        raise table.wrong("address", f"a loopback address, or TLS with client certificates ({', '.join(_TLS)}),")
    hosts = table.texts("hosts", ["127.0.0.1", "localhost", "::1"] if loopback else [])
    if not hosts:
        raise table.wrong("hosts", "the names by which clients reach it")
    tls = ClientFiles(*(state / each for each in files)) if any(files) else None
    return Listening(host, int(port), frozenset(each.lower() for each in hosts), tls)
