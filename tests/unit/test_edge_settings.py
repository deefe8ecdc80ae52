"""``[edge]`` of gateway.toml: off unless it is there; and what is written for the proxy, and for whose eyes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.bootstrap.config import StartError
from gateway.bootstrap.edge import edge_key, peer_of, write_material
from gateway.bootstrap.envoy import envoy_config
from gateway.cli.main import main
from gateway.rpc import edge_terms as terms
from gateway.rpc.forwarded import ForwardedPeer
from gateway.rpc.identity import handshaken
from gateway.rpc.server import HANDSHAKE_MS, MESSAGE_LIMIT, METADATA_LIMIT, STREAMS_LIMIT
from gateway.services.ports.identity import KeyMaterial
from gateway.settings import ConfigurationError
from gateway.settings.edge import LONGEST_PATH
from gateway.settings.gateway_file import load_gateway

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
KEY = "k" * 64


def loaded(folder, edge='folder = "edge"'):
    file = folder / "gateway.toml"
    file.write_text(f"{SHIPPED.read_text(encoding='utf-8')}\n[edge]\n{edge}\n", encoding="utf-8")
    return load_gateway(file, folder / "var")


def configured(folder, workers=2):
    settings = loaded(folder)
    return envoy_config(settings, settings.edge, KEY, ("192.0.2.1", 50443), workers)


def test_as_shipped_there_is_none_and_nothing_but_the_handshake_counts():
    settings = load_gateway(SHIPPED)

    assert settings.edge is None
    assert peer_of(settings) is handshaken


def test_its_folder_lies_in_the_state_folder_and_has_two_sockets_for_each_worker(tmp_path):
    edge = loaded(tmp_path).edge

    assert edge.folder == tmp_path / "var/edge"
    assert len({*edge.sockets(0), *edge.sockets(1)}) == 4


@pytest.mark.parametrize("edge", ["", "folder = 1", 'folder = "edge"\nlisten = "127.0.0.1:1"'])
def test_a_folder_and_nothing_else_is_asked_for(tmp_path, edge):
    with pytest.raises(ConfigurationError, match="edge"):
        loaded(tmp_path, edge)


def test_a_folder_too_deep_for_a_socket_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigurationError, match=rf"edge\.folder.*{LONGEST_PATH} bytes"):
        loaded(tmp_path, f'folder = "{"e" * LONGEST_PATH}"')


def test_the_key_is_made_once_for_its_owner_alone_and_no_other_is_taken(tmp_path):
    edge = loaded(tmp_path).edge
    key = edge_key(edge)

    assert len(key) == 64
    assert edge_key(edge) == key
    assert (edge.folder.stat().st_mode & 0o777, (edge.folder / "key").stat().st_mode & 0o777) == (0o700, 0o600)
    (edge.folder / "key").chmod(0o640)
    with pytest.raises(StartError, match="chmod 600"):
        edge_key(edge)


def test_a_key_that_is_a_link_or_too_short_is_refused(tmp_path):
    settings = loaded(tmp_path)
    edge_key(settings.edge)
    file = settings.edge.folder / "key"
    file.write_text("short", encoding="ascii")
    with pytest.raises(StartError, match="fewer than 32"):
        peer_of(settings)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartError, match="cannot be used"):
        edge_key(settings.edge)


def test_behind_the_edge_the_proxys_word_counts(tmp_path):
    assert isinstance(peer_of(loaded(tmp_path)), ForwardedPeer)


def test_key_material_is_for_the_owner_alone_and_says_nothing_of_revocations(tmp_path):
    write_material(tmp_path, KeyMaterial(b"cert", b"key", b"ca"))

    for name in ("server", "callers"):
        assert (tmp_path / f"{name}.json").stat().st_mode & 0o777 == 0o600
    (secret,) = json.loads((tmp_path / "callers.json").read_text(encoding="ascii"))["resources"]
    assert secret["validation_context"] == {"trusted_ca": {"inline_string": "ca"}}


def test_tls_is_1_3_with_a_certificate_and_no_session_is_resumed(tmp_path):
    (listener,) = configured(tmp_path)["static_resources"]["listeners"]
    (chain,) = listener["filter_chains"]
    tls = chain["transport_socket"]["typed_config"]

    assert tls["require_client_certificate"]
    assert tls["disable_stateless_session_resumption"]
    assert tls["disable_stateful_session_resumption"]
    versions = tls["common_tls_context"]["tls_params"]
    assert versions["tls_minimum_protocol_version"] == versions["tls_maximum_protocol_version"] == "TLSv1_3"
    assert chain["transport_socket_connect_timeout"] == f"{HANDSHAKE_MS // 1000}s"


def calls(folder):
    (listener,) = configured(folder)["static_resources"]["listeners"]
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def test_whatever_a_caller_says_by_the_proxys_names_is_overwritten(tmp_path):
    taken = calls(tmp_path)
    (host,) = taken["route_config"]["virtual_hosts"]
    added = {each["header"]["key"]: each["append_action"] for each in host["request_headers_to_add"]}

    assert taken["forward_client_cert_details"] == "SANITIZE_SET"
    assert taken["internal_address_config"]["cidr_ranges"] == [{"address_prefix": "255.255.255.255", "prefix_len": 32}]
    assert {*added, terms.CERTIFICATES} == terms.HEADERS
    assert set(added.values()) == {"OVERWRITE_IF_EXISTS_OR_ADD"}


def test_bounds_are_those_of_the_server_without_an_edge(tmp_path):
    taken = calls(tmp_path)
    filters = {each["name"]: each["typed_config"] for each in taken["http_filters"]}

    assert f"size > {METADATA_LIMIT} then" in filters["too large"]["default_source_code"]["inline_string"]
    assert taken["max_request_headers_kb"] * 1024 > METADATA_LIMIT
    assert taken["http2_protocol_options"]["max_concurrent_streams"] == STREAMS_LIMIT
    assert taken["common_http_protocol_options"] == {
        "idle_timeout": "20s",
        "max_connection_duration": "3600s",
        "max_headers_count": 4096,
    }
    assert filters["whole"]["max_request_bytes"] == MESSAGE_LIMIT + 5


def test_it_keeps_no_log_of_calls_and_has_no_administration(tmp_path):
    whole = configured(tmp_path)

    assert "admin" not in whole
    assert "access_log" not in json.dumps(whole)


def test_nothing_is_repeated_but_what_nobody_has_looked_at(tmp_path):
    (host,) = calls(tmp_path)["route_config"]["virtual_hosts"]

    assert {each["route"]["retry_policy"]["retry_on"] for each in host["routes"]} == {
        "refused-stream,reset-before-request"
    }


def test_every_worker_is_reached_over_its_sockets(tmp_path):
    clusters = configured(tmp_path, 3)["static_resources"]["clusters"]
    edge = loaded(tmp_path).edge
    reached = {
        end["endpoint"]["address"]["pipe"]["path"]
        for cluster in clusters
        for end in cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    }

    assert reached == {str(each) for worker in range(3) for each in edge.sockets(worker)}


def test_the_configuration_is_written_for_its_owner_alone(tmp_path, capsys):
    loaded(tmp_path)
    os.environ.pop("JSG_CONFIG", None)

    assert main(["--config", str(tmp_path), "--state", str(tmp_path / "var"), "edge", "config", "--workers", "2"]) == 0
    file = Path(capsys.readouterr().out.strip())
    assert file.stat().st_mode & 0o777 == 0o600
    assert edge_key(loaded(tmp_path).edge) in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--listen", "localhost:1"], "no IP address"),
        (["--listen", "127.0.0.1"], "HOST:PORT"),
        (["--workers", "0"], "at least 1"),
    ],
)
def test_what_the_proxy_could_not_do_is_refused_in_a_sentence(tmp_path, capsys, arguments, why):
    loaded(tmp_path)

    assert main(["--config", str(tmp_path), "--state", str(tmp_path / "var"), "edge", "config", *arguments]) == 1
    assert why in capsys.readouterr().err


def test_without_the_section_there_is_no_edge_to_configure(tmp_path, capsys):
    (tmp_path / "gateway.toml").write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")

    assert main(["--config", str(tmp_path), "--state", str(tmp_path / "var"), "edge", "config"]) == 1
    assert "no [edge]" in capsys.readouterr().err
