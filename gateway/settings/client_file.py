"""``client.toml``: where the command finds the gateway, and with which certificate it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import DISABLED_AREAS, Area
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PARTIES: Final = ("hrss", "principal", "police", "procuratorate", "court")
"""As whom referrals are played."""


@dataclass(frozen=True, slots=True)
class OfficerKeyFile:
    """With which key a caller says who its officer is."""

    kid: str
    key: Path
    gateway: str
    """Name of the gateway for which it says so."""


@dataclass(frozen=True, slots=True)
class ClientFile:
    """All of ``client.toml``. Callers are named ``agency.role``, as their certificates' files are."""

    address: str
    server_name: str
    ca_bundle: Path
    certificates: Path
    deadline_seconds: float
    areas: Mapping[Area, str]
    feeds: Mapping[str, str]
    audit_reader: str
    records_reader: str
    publishable_reader: str
    window: str
    """At which enterprises apply."""
    operations: str
    officers: Mapping[str, OfficerKeyFile]
    """By caller; who is not here declares its officers."""
    parties: Mapping[str, str]
    """Who speaks as which party of referrals, such as ``police``; empty where none is named."""


def load_client(path: Path, state: Path) -> ClientFile:
    """Read ``client.toml``; its paths count from the folder *state*.

    Raises:
        ConfigurationError: With file, key and reason.
    """
    content, _ = read_toml(path)
    root = Table(path.name, "", content)
    client = root.table("client")
    areas = client.table("areas")
    feeds = client.table("feeds")
    readers = client.table("readers")
    officers = client.table("officers") if client.has("officers") else Table(path.name, "client.officers", {})
    parties = client.table("referrals") if client.has("referrals") else Table(path.name, "client.referrals", {})
    loaded = ClientFile(
        address=client.take("address", str),
        server_name=client.take("server_name", str),
        ca_bundle=state / client.take("ca_bundle", str),
        certificates=state / client.take("certificates", str),
        deadline_seconds=client.take("deadline_seconds", float),
        areas={area: areas.take(area.name, str) for area in Area if area not in DISABLED_AREAS},
        feeds={name: feeds.take(name, str) for name in feeds.names()},
        audit_reader=readers.take("audit", str),
        records_reader=readers.take("records", str),
        publishable_reader=readers.take("publishable", str),
        window=readers.take("window", str),
        operations=readers.take("operations", str),
        officers={name: _officer_key(officers.table(name), state) for name in officers.names()},
        parties={name: parties.take(name, str) for name in PARTIES if parties.has(name)},
    )
    for table in (areas, feeds, readers, officers, parties, client, root):
        table.close()
    return loaded


def _officer_key(table: Table, state: Path) -> OfficerKeyFile:
    found = OfficerKeyFile(table.take("kid", str), state / table.take("key", str), table.take("gateway", str))
    table.close()
    return found
