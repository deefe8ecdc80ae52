"""``[[witnesses]]`` of ``gateway.toml``: who is asked to cosign the log's checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from formats.note import NoteError, SignatureKind, parse_key

if TYPE_CHECKING:
    from gateway.settings.strict import Table

EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """One witness: its public key, where it is asked, and how often at most."""

    key: str
    url: str
    every_seconds: float


def read_witnesses(root: Table) -> tuple[WitnessSettings, ...]:
    """Read the witnesses; none where the file names none.

    Raises:
        ConfigurationError: A key is not one of a witness or stands twice, or an address is no http or https.
    """
    tables = root.tables("witnesses") if root.has("witnesses") else []
    found: list[WitnessSettings] = []
    for table in tables:
        witness = _witness(table)
        if witness.key in [each.key for each in found]:
            raise table.error("key", "stands twice")
        found.append(witness)
    return tuple(found)


def _witness(table: Table) -> WitnessSettings:
    key, url = table.take("key", str), table.take("url", str)
    every = table.take("every_seconds", float) if table.has("every_seconds") else EVERY_SECONDS
    table.close()
    try:
        kind = parse_key(key).kind
    except NoteError as error:
        raise table.error("key", str(error)) from error
    if kind is not SignatureKind.COSIGNATURE:
        raise table.error("key", "is the key of a log, not of a witness")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise table.error("url", "must be an http or https address")
    if every <= 0:
        raise table.error("every_seconds", "must be greater than 0")
    return WitnessSettings(key, url, every)
