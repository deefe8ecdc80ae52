"""``jsg doctor``: which link is broken: configuration, store, disk, audit, certificates, clock, mandate, gateway."""

from __future__ import annotations

import json
import os
import shutil
import socket
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import GatewayError, SettingsError
from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli import doctor_certificates, doctor_mandates
from gateway.cli.connection import command
from gateway.domain.errors import StoreUnavailableError
from gateway.security.key_ring import PersonKeyError
from gateway.security.persons import KeyedPersonVault
from gateway.settings import ConfigurationError
from gateway.settings.client_file import load_client
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, is_current

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from gateway.bootstrap.config import Config
    from gateway.cli.connection import Subparsers
    from gateway.cli.doctor_certificates import Finding
    from gateway.settings.client_file import ClientFile

OK, ERROR = 0, 1
LEAST_FREE: Final = 1.0
"""GB of free disk below which the doctor warns: an audit that cannot be written stops the gateway."""


def register(subparsers: Subparsers) -> None:
    """Add ``doctor``."""
    doctor = command(subparsers, "doctor", "find the broken link", "jsg doctor", run)
    doctor.add_argument(
        "--least-free", type=float, default=LEAST_FREE, metavar="GB", help="less free disk is broken (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Look at every link and print what was found; 1 when one is broken."""
    found = list(_examine(arguments))
    if arguments.json:
        print(json.dumps([{"link": link, "sound": sound, "found": text} for link, sound, text in found]))
    else:
        for link, sound, text in found:
            print(f"{'ok    ' if sound else 'BROKEN'}  {link:24} {text}")
    return OK if all(sound for _, sound, _ in found) else ERROR


def _examine(arguments: argparse.Namespace) -> Iterator[Finding]:
    try:
        config = load_config(arguments.config, arguments.state)
        client = load_client(arguments.config / "client.toml", config.settings.state)
    except ConfigurationError as error:
        yield "configuration", False, str(error)
        return
    yield "configuration", True, f"profile {config.policy.profile}, policy {config.policy.digest[:12]}"
    looks: tuple[Callable[[Config], Iterable[Finding]], ...] = (
        partial(_disk, least=arguments.least_free),
        _store,
        _persons_key,
        doctor_certificates.server_certificate,
        doctor_certificates.authorities,
        doctor_certificates.revocations,
    )
    for look in looks:
        yield from look(config)
    found, agencies = doctor_mandates.mandates(config)
    yield from found
    readers = {client.audit_reader, client.records_reader, client.publishable_reader}
    for who in sorted({*client.areas.values(), *client.feeds.values(), *readers}):
        yield doctor_certificates.caller(config, agencies, client, who)
    yield from _gateway(arguments, client)


def _disk(config: Config, *, least: float) -> Iterable[Finding]:
    state = config.settings.state
    if not state.is_dir():
        yield "disk", False, f"the state folder {state} is not there"
        return
    free = shutil.disk_usage(state).free / 1e9
    writable = os.access(state, os.W_OK)
    yield "disk", writable and free > least, f"{free:.1f} GB free, {'' if writable else 'NOT '}writable"


def _store(config: Config) -> Iterable[Finding]:
    engine = store_engine(config.settings)
    try:
        current = is_current(engine, FACTS)
        yield "store", current, "tables are up to date" if current else "run `jsg db upgrade`"
        if not current:
            return
        history = SqlHistory(engine)
        yield _clock(history, config.settings.limits.clock_skew)
        place = audit_place(config.settings, engine)
        numbers = place.next_numbers()
        place.close()
        yield (
            "audit",
            True,
            ", ".join(f"{writer}: {number} entries" for writer, number in numbers.items()) or "no queue yet",
        )
    except StoreUnavailableError as error:
        yield "store", False, error.message
    finally:
        engine.dispose()


def _clock(history: SqlHistory, limit: timedelta) -> Finding:
    """Compare this machine's clock with the store's, and with the feeds' confirmations: none is of a moment ahead."""
    now, store, revision = datetime.now(UTC), history.store_clock(), history.head()
    skew = abs(now - store) if store is not None else timedelta()
    said = f"{skew.total_seconds():.2f} s off the store's, data revision {revision}"
    behind = {
        feed: state.current_until - now
        for feed, state in sorted(history.feeds(revision).items())
        if state.current_until is not None and state.current_until - now > limit
    }
    for feed, span in behind.items():
        said += f"; {span.total_seconds():.1f} s behind the confirmation of {feed}"
    return "clock", skew <= limit and not behind, said


def _persons_key(config: Config) -> Iterable[Finding]:
    file = config.settings.person_key
    try:
        vault = KeyedPersonVault(file)
        number, keys = vault.active(), vault.numbers()
    except PersonKeyError as error:
        yield "persons' key", False, str(error)
        return
    yield "persons' key", True, f"{file} can be used; key {number} of {len(keys)} seals"


def _gateway(arguments: argparse.Namespace, client: ClientFile) -> Iterable[Finding]:
    address = arguments.address or client.address
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except (OSError, ValueError) as error:
        yield "gateway", False, f"{address}: {error}"
        return
    who = arguments.caller or client.audit_reader
    settings = ClientSettings(
        target=address,
        ca_file=client.ca_bundle,
        certificate_file=client.certificates / f"{who}.pem",
        key_file=client.certificates / f"{who}.key",
        server_name=client.server_name,
        deadline_seconds=client.deadline_seconds,
    )
    try:
        with GatewayClient(settings) as channel:
            serving = channel.serving()
    except (GatewayError, SettingsError) as error:
        yield "gateway", False, f"{address} as {who}: {error}"
        return
    yield "gateway", serving, f"{address}: {'SERVING' if serving else 'NOT_SERVING'}"
