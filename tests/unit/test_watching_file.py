"""``[status]`` and ``[metrics]`` of gateway.toml: off unless asked for, on this machine unless said otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.domain.status import WatchLimits
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway
from gateway.settings.watching import MetricsSettings

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"


def loaded(folder, metrics="", **changes):
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(f"{old} = ", f"{new} = ")
    file = folder / "gateway.toml"
    file.write_text(f"{text}\n[metrics]\n{metrics}" if metrics else text, encoding="utf-8")
    return load_gateway(file)


def test_as_shipped_no_metrics_are_told_and_the_limits_are_those_without_a_file():
    assert load_gateway(SHIPPED).metrics is None
    assert load_gateway(SHIPPED).watch == WatchLimits()


@pytest.mark.parametrize(
    ("listen", "where"),
    [
        ("127.0.0.1:0", MetricsSettings("127.0.0.1", 0)),
        ("127.8.9.1:65535", MetricsSettings("127.8.9.1", 65535)),
        ("[::1]:9464", MetricsSettings("::1", 9464)),
    ],
)
def test_an_address_of_this_machine_is_taken(tmp_path, listen, where):
    assert loaded(tmp_path, f'listen = "{listen}"').metrics == where


@pytest.mark.parametrize("address", ["0.0.0.0", "[::]", "192.0.2.7", "[2001:db8::1]"])  # noqa: S104 - refused
def test_any_other_address_is_refused_unless_that_is_said(tmp_path, address):
    listen = f'listen = "{address}:9464"'
    for more in ("", "\nbeyond_this_machine = false"):
        with pytest.raises(ConfigurationError, match=r"metrics\.listen.*no loopback"):
            loaded(tmp_path, listen + more)
    assert loaded(tmp_path, f"{listen}\nbeyond_this_machine = true").metrics.port == 9464


@pytest.mark.parametrize(
    "listen", ["localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:٣", ":1", ""]
)
def test_what_is_no_address_is_refused(tmp_path, listen):
    with pytest.raises(ConfigurationError, match=r"metrics\.listen"):
        loaded(tmp_path, f'listen = "{listen}"')


def test_an_unknown_key_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="path"):
        loaded(tmp_path, 'listen = "127.0.0.1:0"\npath = "/x"')
    with pytest.raises(ConfigurationError, match=r"status\.least"):
        loaded(tmp_path, least_free_gigabytes="least")


@pytest.mark.parametrize("value", ["0", "-1.0", "nan"])
def test_a_limit_that_is_none_is_refused(tmp_path, value):
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "least_free_gigabytes = 1.0 ", f"least_free_gigabytes = {value} "
    )
    file = tmp_path / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"status\.least_free_gigabytes: must be greater"):
        load_gateway(file)
