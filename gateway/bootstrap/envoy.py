"""The configuration of Envoy as the edge: it ends TLS 1.3 with client certificates, and says who called.

It decides nothing about callers: whoever proved a key under a trusted authority is told of to the gateway, which judges
the certificate on every call as it would one of its own handshake. There is no access log and no administration port.
How calls are taken and passed on is in ``envoy_calls``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.bootstrap.edge import CALLERS, SERVER
from gateway.bootstrap.envoy_calls import BUFFERED, FAST_CLUSTER, ORDINARY_CLUSTER, TYPES, calls_of
from gateway.rpc.server import HANDSHAKE_MS, READ_AHEAD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gateway.settings.edge import EdgeSettings
    from gateway.settings.gateway_file import GatewaySettings

Part = dict[str, Any]
GROUPS: Final = ("X25519MLKEM768", "X25519", "P-256")
"""Key exchanges, the preferred first, which also stands against who records now and has a quantum computer later."""
CONNECTIONS: Final = 10_000
HEAP: Final = 512 * 1024 * 1024
"""Bytes of memory near which no more calls are taken."""
UNBOUNDED: Final = 1_000_000
"""The gateway bounds its calls itself, and says so; the proxy's own bounds would only say that nobody is there."""


def envoy_config(
    settings: GatewaySettings, edge: EdgeSettings, key: str, address: tuple[str, int], workers: int
) -> Part:
    """Return the configuration, as JSON has it.

    Args:
        settings: Of the gateway.
        edge: Its folder.
        key: The proxy's, by which the gateway knows it: the configuration is as secret as the key.
        address: IP address and port on which callers are served.
        workers: Serving processes.
    """
    sockets = [edge.sockets(worker) for worker in range(workers)]
    clusters = [
        _cluster(ORDINARY_CLUSTER, [each[0] for each in sockets]),
        _cluster(FAST_CLUSTER, [each[1] for each in sockets]),
    ]
    age = f"{settings.limits.connection_age.total_seconds():.0f}s"
    return {
        "node": {"id": settings.node, "cluster": settings.name},
        "static_resources": {"listeners": [_listener(edge.folder, calls_of(key, age), address)], "clusters": clusters},
        "overload_manager": _overload(),
    }


def _listener(folder: Path, calls: Part, address: tuple[str, int]) -> Part:
    handshake = f"{HANDSHAKE_MS / 1000:.0f}s"
    return {
        "name": "edge",
        "address": {"socket_address": {"address": address[0], "port_value": address[1]}},
        "per_connection_buffer_limit_bytes": BUFFERED,
        "filter_chains": [
            {
                "transport_socket": {"name": "tls", "typed_config": _tls(folder)},
                "transport_socket_connect_timeout": handshake,
                "filters": [{"name": "calls", "typed_config": calls}],
            }
        ],
    }


def _tls(folder: Path) -> Part:
    return {
        "@type": f"{TYPES}extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "require_client_certificate": True,
        "disable_stateless_session_resumption": True,
        "disable_stateful_session_resumption": True,
        "common_tls_context": {
            "tls_params": {
                "tls_minimum_protocol_version": "TLSv1_3",
                "tls_maximum_protocol_version": "TLSv1_3",
                "ecdh_curves": list(GROUPS),
            },
            "alpn_protocols": ["h2"],
            "tls_certificate_sds_secret_configs": [_secret(folder, SERVER)],
            "validation_context_sds_secret_config": _secret(folder, CALLERS),
        },
    }


def _secret(folder: Path, name: str) -> Part:
    source = {"path": str(folder / f"{name}.json"), "watched_directory": {"path": str(folder)}}
    return {"name": name, "sds_config": {"resource_api_version": "V3", "path_config_source": source}}


def _cluster(name: str, sockets: Sequence[Path]) -> Part:
    options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    bounds = dict.fromkeys(("max_connections", "max_requests", "max_pending_requests", "max_retries"), UNBOUNDED)
    ends = [
        {
            "endpoint": {"address": {"pipe": {"path": str(each)}}},
            # The same on both sockets of a worker, so that a connection's calls find one worker on either.
            "metadata": {"filter_metadata": {"envoy.lb": {"hash_key": f"worker-{worker}"}}},
        }
        for worker, each in enumerate(sockets)
    ]
    http2 = {"initial_stream_window_size": BUFFERED, "initial_connection_window_size": 16 * READ_AHEAD}
    return {
        "name": name,
        "type": "STATIC",
        "lb_policy": "RING_HASH",
        "connect_timeout": "2s",
        # A server ends a connection on which calls are opened and reset at once: that must be nobody else's.
        "connection_pool_per_downstream_connection": True,
        "per_connection_buffer_limit_bytes": BUFFERED,
        "circuit_breakers": {"thresholds": [bounds]},
        "typed_extension_protocol_options": {
            options: {
                "@type": f"type.googleapis.com/{options}",
                "explicit_http_config": {"http2_protocol_options": http2},
            }
        },
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": ends}]},
    }


def _overload() -> Part:
    kind = f"{TYPES}extensions.resource_monitors."
    heap = {"@type": f"{kind}fixed_heap.v3.FixedHeapConfig", "max_heap_size_bytes": HEAP}
    connections = {
        "@type": f"{kind}downstream_connections.v3.DownstreamConnectionsConfig",
        "max_active_downstream_connections": CONNECTIONS,
    }
    full = [{"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": 0.95}}]
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            {"name": "envoy.resource_monitors.fixed_heap", "typed_config": heap},
            {"name": "envoy.resource_monitors.global_downstream_max_connections", "typed_config": connections},
        ],
        "actions": [
            {"name": f"envoy.overload_actions.{action}", "triggers": full}
            for action in ("shrink_heap", "stop_accepting_requests")
        ],
    }
