"""``[trace]`` of gateway.toml: off unless asked for, by TLS or on this machine, and within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.bootstrap.config import StartError
from gateway.bootstrap.tracing import Tracing
from gateway.clock import SystemClock
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
HERE = 'endpoint = "http://127.0.0.1:4318"'


def loaded(folder, lines):
    file = folder / "gateway.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8") + f"\n[trace]\n{lines}\n", encoding="utf-8")
    return load_gateway(file)


def test_as_shipped_nothing_is_traced():
    settings = load_gateway(SHIPPED)

    assert settings.trace is None
    assert Tracing(settings, "gw1-0", SystemClock()).calls is None


def test_an_endpoint_is_enough(tmp_path):
    trace = loaded(tmp_path, HERE).trace

    assert (trace.endpoint, trace.ca_file) == ("http://127.0.0.1:4318", None)
    assert (trace.sample_ratio, trace.timeout_seconds) == (0.01, 5.0)


def test_by_tls_the_authorities_are_named_and_count_from_the_state_folder(tmp_path):
    settings = loaded(tmp_path, 'endpoint = "https://traces.example.gov"\nca_file = "pki/traces-ca.pem"')

    assert settings.trace.ca_file == settings.state / "pki/traces-ca.pem"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "endpoint.*missing"),
        ('endpoint = "http://192.0.2.7:4318"', "endpoint.*only a collector on the loopback"),
        ('endpoint = "https://user:secret@traces.example.gov"\nca_file = "x"', "endpoint.*nothing else"),
        ('endpoint = "https://traces.example.gov/v1/traces"\nca_file = "x"', "endpoint.*nothing else"),
        ('endpoint = "https://traces.example.gov"', "ca_file.*missing"),
        (f'{HERE}\nca_file = "x"', "ca_file"),
        (f"{HERE}\nsample_ratio = 0", "sample_ratio"),
        (f"{HERE}\nsample_ratio = 1.01", "sample_ratio"),
        (f"{HERE}\nsample_ratio = nan", "sample_ratio"),
        (f"{HERE}\nsample_ratio = true", "sample_ratio"),
        (f"{HERE}\ntimeout_seconds = 0", "timeout_seconds"),
        (f"{HERE}\ntimeout_seconds = inf", "timeout_seconds"),
        (f'{HERE}\nheaders = "x"', "headers"),
    ],
)
def test_what_cannot_be_meant_stops_the_start(tmp_path, lines, why):
    with pytest.raises(ConfigurationError, match=rf"trace\.{why}"):
        loaded(tmp_path, lines)


def test_authorities_that_cannot_be_used_stop_the_start(tmp_path):
    settings = loaded(tmp_path, 'endpoint = "https://traces.example.gov"\nca_file = "pki/none.pem"')

    with pytest.raises(StartError, match=r"none\.pem: holds no authorities"):
        Tracing(settings, "gw1-0", SystemClock())
