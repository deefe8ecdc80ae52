"""Where a channel goes, and what may be asked again of another node."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool

from adapters.channel import _SERVICES, PACKAGE
from adapters.errors import SettingsError
from adapters.targets import target_of

PROTOS = Path(__file__).parents[2] / "protos" / "jointsanctions" / "v1"
FROZEN_MS = 20_000
"""After so long one that is frozen is noticed (docs/operations.md)."""
READS = ("Count", "DryRun", "Explain", "Get", "List", "OpenEntry", "Replay", "ReportTimeliness", "Resolve", "Search")
"""Names, or beginnings of names, of methods that store nothing but their record: each repetition is a new one."""


def test_one_address_is_asked_as_it_was():
    assert target_of("gateway.example:50443", None) == ("gateway.example:50443", {}, ())


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("127.0.0.1:1,127.0.0.2:2", "ipv4:127.0.0.1:1,127.0.0.2:2"),
        ("127.0.0.1:1, 127.0.0.2:2", "ipv4:127.0.0.1:1,127.0.0.2:2"),
        ("[::1]:1,[::2]:2", "ipv6:[::1]:1,[::2]:2"),
        ("dns:///gateway.example:50443", "dns:///gateway.example:50443"),
    ],
)
def test_several_nodes_are_asked_in_turn_and_looked_after(stated, address):
    found = target_of(stated, "localhost")

    assert found.address == address
    assert found.config["loadBalancingConfig"] == [{"round_robin": {}}]
    options = dict(found.options)
    assert options["grpc.max_reconnect_backoff_ms"] <= 5_000
    assert options["grpc.keepalive_time_ms"] + options["grpc.keepalive_timeout_ms"] <= FROZEN_MS


@pytest.mark.parametrize(
    ("stated", "name", "why"),
    [
        ("127.0.0.1:1,gateway.example:2", "localhost", "each is IP:PORT"),
        ("127.0.0.1:1,127.0.0.2", "localhost", "each is IP:PORT"),
        ("127.0.0.1:1,", "localhost", "each is IP:PORT"),
        ("127.0.0.1:1,[::1]:2", "localhost", "not both"),
        ("127.0.0.1:1,127.0.0.2:2", None, "server_name"),
    ],
)
def test_what_cannot_be_asked_in_turn_is_named(stated, name, why):
    with pytest.raises(SettingsError, match=why):
        target_of(stated, name)


def test_whatever_stores_something_is_told_apart_from_its_repetition():
    for file in PROTOS.glob("*_pb2.py"):
        import_module(f"jointsanctions.v1.{file.stem}")
    pool = descriptor_pool.Default()
    repeated = [each for name in _SERVICES for each in pool.FindServiceByName(f"{PACKAGE}.{name}").methods]
    writes = [
        each for each in repeated if not each.name.startswith((*READS, "Watch", "Subscribe", "Export", "Download"))
    ]

    assert len(repeated) > len(writes) > 30
    for method in writes:
        nested = [field.message_type for field in method.input_type.fields if field.message_type is not None]
        named = [each for each in (method.input_type, *nested) if "request_id" in each.fields_by_name]
        assert named, f"{method.full_name} could be stored twice"
