"""``jsg doctor``: which link is broken: configuration, store, disk, audit, certificates, clock, mandate, gateway.

Of each broken link it says what is wrong, how that is known and what to do, in both languages (``doctor_texts``). The
looks are in ``doctor_places``, ``doctor_certificates`` and ``doctor_gateway``.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from gateway.bootstrap.config import load_config
from gateway.cli import (
    doctor_bases,
    doctor_bulletin,
    doctor_certificates,
    doctor_gateway,
    doctor_log,
    doctor_mandates,
    doctor_places,
    doctor_policy,
)
from gateway.cli.connection import command
from gateway.cli.doctor_texts import advice_on
from gateway.security.key_ring import PersonKeyError
from gateway.security.persons import KeyedPersonVault
from gateway.settings import ConfigurationError
from gateway.settings.client_file import load_client

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from gateway.bootstrap.config import Config
    from gateway.cli.connection import Subparsers
    from gateway.cli.doctor_certificates import Finding

OK, ERROR = 0, 1


def register(subparsers: Subparsers) -> None:
    """Add ``doctor``."""
    doctor = command(subparsers, "doctor", "find the broken link", "jsg doctor", run)
    doctor.add_argument(
        "--least-free",
        type=float,
        default=None,
        metavar="GB",
        help="less free disk is broken (default: gateway.toml's)",
    )
    doctor.add_argument(
        "--erased",
        action="store_true",
        help="look whether every erased entry was ordered by a recorded run; takes long",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look at every link and print what was found; 1 when one is broken."""
    found = list(_examine(arguments))
    if arguments.json:
        print(json.dumps([_row(finding) for finding in found], ensure_ascii=False))
    else:
        for finding in found:
            _print(finding)
    return OK if all(sound for _, sound, _ in found) else ERROR


def _row(finding: Finding) -> dict[str, object]:
    link, sound, text = finding
    row: dict[str, object] = {"link": link, "sound": sound, "found": text}
    if sound:
        return row
    advice = advice_on(link, text)
    known = {"zh": advice.known.zh, "en": advice.known.en}
    return {**row, "zh": advice.wrong_zh, "known": known, "do": {"zh": advice.do.zh, "en": advice.do.en}}


def _print(finding: Finding) -> None:
    link, sound, text = finding
    print(f"{'ok    ' if sound else 'BROKEN'}  {link:24} {text}")
    if not sound:
        advice = advice_on(link, text)
        print(f"        问题 wrong  {advice.wrong_zh}")
        print(f"        依据 known  {advice.known.zh} {advice.known.en}")
        print(f"        处置 do     {advice.do.zh} {advice.do.en}")


def _examine(arguments: argparse.Namespace) -> Iterator[Finding]:
    try:
        config = load_config(arguments.config, arguments.state)
        client = load_client(arguments.config / "client.toml", config.settings.state)
    except ConfigurationError as error:
        yield "configuration", False, str(error)
        return
    yield "configuration", True, f"profile {config.policy.profile}, policy {config.policy.digest[:12]}"
    found, config = doctor_policy.in_force(config)
    yield from found
    least = arguments.least_free if arguments.least_free is not None else config.settings.watch.least_free_gigabytes
    looks: tuple[Callable[[Config], Iterable[Finding]], ...] = (
        doctor_bases.bases,
        partial(doctor_places.disk, least=least),
        doctor_places.evidence,
        doctor_places.store,
        doctor_log.log,
        _persons_key,
        doctor_bulletin.keys,
        doctor_certificates.server_certificate,
        doctor_certificates.authorities,
        doctor_certificates.revocations,
    )
    for look in looks:
        yield from look(config)
    if arguments.erased:
        yield from doctor_places.erased(config)
    found, agencies = doctor_mandates.mandates(config)
    yield from found
    readers = {client.audit_reader, client.records_reader, client.publishable_reader}
    for who in sorted({*client.areas.values(), *client.feeds.values(), *readers}):
        yield doctor_certificates.caller(config, agencies, client, who)
    yield from doctor_gateway.gateway(arguments, client, config.settings.limits.clock_skew)


def _persons_key(config: Config) -> Iterable[Finding]:
    file = config.settings.person_key
    try:
        vault = KeyedPersonVault(file)
        number, keys = vault.active(), vault.numbers()
    except PersonKeyError as error:
        yield "persons' key", False, str(error)
        return
    yield "persons' key", True, f"{file} can be used; key {number} of {len(keys)} seals"
