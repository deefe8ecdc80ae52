"""What callers may make a process hold or do: as shipped where a file is silent, and nothing else in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.bootstrap.config import load_config
from gateway.domain.quotas import AS_SHIPPED, LoadLimits, Quota
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies
from gateway.settings.gateway_file import load_gateway

CONFIG = Path(__file__).parents[2] / "config"
QUOTA = "quota = { in_flight = 256, streams = 32, per_second = 3000, per_day = 5000000 }\n"
ENTRY = 'id = "tourism"\n'


def loaded(folder, old, new):
    text = (CONFIG / "gateway.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "gateway.toml").write_text(text.replace(old, new), encoding="utf-8")
    return load_gateway(folder / "gateway.toml").limits.load


def agencies(folder, line, quota=AS_SHIPPED.quota):
    text = (CONFIG / "agencies.toml").read_text(encoding="utf-8").replace(ENTRY, ENTRY + line)
    (folder / "agencies.toml").write_text(text, encoding="utf-8")
    return load_agencies(folder / "agencies.toml", quota).find("tourism", "asking-system")


def test_the_file_that_is_shipped_says_what_counts_without_it(tmp_path):
    assert load_gateway(CONFIG / "gateway.toml").limits.load == AS_SHIPPED == LoadLimits()
    kept = [
        line
        for line in (CONFIG / "gateway.toml").read_text(encoding="utf-8").splitlines()
        if not line.startswith("stream_")
    ]
    (tmp_path / "gateway.toml").write_text("\n".join(line for line in kept if "quota" not in line), encoding="utf-8")
    assert load_gateway(tmp_path / "gateway.toml").limits.load == AS_SHIPPED


def test_each_bound_of_the_file_counts(tmp_path):
    assert loaded(tmp_path, "slow_reader_seconds = 30 ", "slow_reader_seconds = 0.5 ").slow_reader == timedelta(
        seconds=0.5
    )
    assert loaded(tmp_path, "stream_idle_seconds = 120 ", "stream_idle_seconds = 9 ").stream_idle == timedelta(
        seconds=9
    )
    assert loaded(tmp_path, "longest_call_seconds = 60 ", "longest_call_seconds = 9 ").longest_call.seconds == 9
    assert loaded(tmp_path, "stream_mebibytes = 256 ", "stream_mebibytes = 2 ").stream_bytes == 2 * 1024 * 1024
    assert loaded(tmp_path, "refusals_in_full = 1 ", "refusals_in_full = 7 ").refusals_in_full == 7
    assert loaded(tmp_path, QUOTA, "quota = { in_flight = 3 }\n").quota == Quota(in_flight=3)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("slow_reader_seconds = 30 ", "slow_reader_seconds = 0 ", "slow_reader_seconds"),
        ("refusals_in_full = 1 ", "refusals_in_full = 0 ", "refusals_in_full"),
        ("stream_mebibytes = 256 ", "stream_mebibytes = 0.5 ", "stream_mebibytes"),
        ("in_flight = 256, ", "in_flight = 0, ", r"quota\.in_flight"),
        ("in_flight = 256, ", "burst = 9, ", r"quota\.burst"),
        ("in_flight = 256, ", "in_flight = true, ", r"quota\.in_flight"),
    ],
)
def test_a_bound_that_is_wrong_stops_the_start_with_its_key(tmp_path, old, new, key):
    with pytest.raises(ConfigurationError, match=rf"limits\.{key}"):
        loaded(tmp_path, old, new)


def test_an_agencys_own_quota_counts_and_what_it_leaves_out_is_the_gateways(tmp_path):
    usual = Quota(in_flight=9, per_second=8, per_day=7)
    assert agencies(tmp_path, "", usual).quota == usual
    own = agencies(tmp_path, "quota = { per_second = 5 }\n", usual)
    assert own.quota == Quota(in_flight=9, per_second=5, per_day=7)
    with pytest.raises(ConfigurationError, match="quota"):
        agencies(tmp_path, "quota = { per_second = -5 }\n")


def test_an_agency_cannot_have_more_in_flight_than_the_process(tmp_path):
    for file in CONFIG.rglob("*.toml"):
        target = tmp_path / file.relative_to(CONFIG)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    load_config(tmp_path)
    agencies(tmp_path, "quota = { in_flight = 2049 }\n")
    with pytest.raises(ConfigurationError, match=r"tourism\.quota"):
        load_config(tmp_path)
