"""How the edge takes calls and passes them on: whose word it overwrites, its bounds, and which socket a call goes to.

Bounds are those of ``gateway.rpc.server``, because the server behind it sees no connection of a caller's.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.rpc import edge_terms as terms
from gateway.rpc.method import PACKAGE
from gateway.rpc.server import HANDSHAKE_MS, MESSAGE_LIMIT, METADATA_LIMIT, READ_AHEAD, STREAMS_LIMIT

Part = dict[str, Any]
TYPES: Final = "type.googleapis.com/envoy."
ORDINARY_CLUSTER: Final = "ordinary"
FAST_CLUSTER: Final = "fast"
BUFFERED: Final = 64 * 1024
"""Bytes of one stream that wait in the proxy for a slow reader; beyond it the gateway waits."""
FRAME: Final = 5
"""Bytes before a message on the wire."""
REFUSED_AGAIN: Final = 5
"""How often a call is brought anew that the gateway refused unseen."""
IDLE: Final = "20s"
"""How long a connection has no call: one that said nothing after its handshake has no other end."""
HEADERS_KB: Final = 96
HEADERS: Final = 4096
"""How much metadata the proxy reads before it resets a call: so much that what is over ``METADATA_LIMIT`` is refused
in words."""
TOO_LARGE: Final = f"""
function envoy_on_request(handle)
  local size = 0
  for name, value in pairs(handle:headers()) do
    if name ~= "{terms.CERTIFICATES}" then
      size = size + #name + #value + 32
    end
  end
  if size > {METADATA_LIMIT} then
    handle:respond({{
      [":status"] = "200", ["content-type"] = "application/grpc", ["grpc-status"] = "8",
      ["grpc-message"] = "metadata over the limit",
    }}, "")
  end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  if headers:get("grpc-status") == "2" and headers:get("grpc-message") == "Payload Too Large" then
    headers:replace("grpc-status", "8")
  end
end
"""
"""What is over a limit is RESOURCE_EXHAUSTED to gRPC's own server, and must not be another thing here. The proxy would
reset the call or say UNKNOWN."""


def calls_of(key: str, age: str) -> Part:
    """Return what takes the calls of a connection; *key* is the proxy's, *age* the longest life of a connection."""
    return {
        "@type": f"{TYPES}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "edge",
        "codec_type": "HTTP2",
        # Whatever a caller says of certificates is thrown away before those of its handshake are written.
        "forward_client_cert_details": "SANITIZE_SET",
        "set_current_client_cert_details": {"chain": True},
        "use_remote_address": True,
        # Whoever is at an internal address could set retries and timeouts of the proxy by headers: nobody is.
        "internal_address_config": {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]},
        "skip_xff_append": True,
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        "max_request_headers_kb": HEADERS_KB,
        "request_headers_timeout": f"{HANDSHAKE_MS / 1000:.0f}s",
        "stream_idle_timeout": "0s",  # a stream may be silent as long as the gateway lets it
        "stream_flush_timeout": "30s",
        "drain_timeout": "30s",
        "common_http_protocol_options": {
            "idle_timeout": IDLE,
            "max_connection_duration": age,
            "max_headers_count": HEADERS,
        },
        "http2_protocol_options": {
            "max_concurrent_streams": STREAMS_LIMIT,
            "initial_stream_window_size": BUFFERED,
            "initial_connection_window_size": READ_AHEAD,
            "connection_keepalive": {"interval": "10s", "timeout": "10s"},
        },
        "route_config": {"name": "all", "virtual_hosts": [_routes(key)]},
        "http_filters": _filters(),
    }


def _routes(key: str) -> Part:
    said = {
        terms.KEY: key,
        terms.ADDRESS: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
        terms.TLS: "%DOWNSTREAM_TLS_VERSION%",
        terms.GROUP: "%DOWNSTREAM_TLS_GROUP%",
    }
    ordinary = {
        "match": {"prefix": "/"},
        "route": _route(ORDINARY_CLUSTER),
        "typed_per_filter_config": {
            "whole": {"@type": f"{TYPES}extensions.filters.http.buffer.v3.BufferPerRoute", "disabled": True},
        },
    }
    return {
        "name": "all",
        "domains": ["*"],
        "request_headers_to_add": [
            {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for name, value in said.items()
        ],
        # Of a route its own are removed before any is added: this one is read there first.
        "response_headers_to_remove": [terms.EDGE_PUSHBACK],
        "routes": [*map(_fast, terms.FAST), ordinary],
    }


def _fast(method: str) -> Part:
    """Route a method to the fast socket, unless its message is compressed: what it unpacks to has no bound there."""
    return {
        "match": {"path": PACKAGE + method, "headers": [{"name": "grpc-encoding", "present_match": False}]},
        "route": _route(FAST_CLUSTER),
        "response_headers_to_add": [{"header": {"key": terms.PUSHBACK, "value": f"%RESP({terms.EDGE_PUSHBACK})%"}}],
    }


def _route(cluster: str) -> Part:
    """Pass a call on; its caller's deadline goes with it, and the gateway holds it.

    All callers share a few connections to the gateway, so that one who opens calls and resets them at once makes the
    server refuse those of others. What is refused so was never looked at, and is asked again.
    """
    again = {"retry_on": "refused-stream,reset-before-request", "num_retries": REFUSED_AGAIN}
    # A connection stays with one worker, as it does without an edge: what a caller was told there is not taken back by
    # another that has not heard of it yet.
    same = [{"header": {"header_name": terms.ADDRESS}}]
    return {"cluster": cluster, "timeout": "0s", "retry_policy": again, "hash_policy": same}


def _filters() -> list[Part]:
    kind = f"{TYPES}extensions.filters.http."
    script = {"@type": f"{kind}lua.v3.Lua", "default_source_code": {"inline_string": TOO_LARGE}}
    whole = {"@type": f"{kind}buffer.v3.Buffer", "max_request_bytes": MESSAGE_LIMIT + FRAME}
    router = {"@type": f"{kind}router.v3.Router", "suppress_envoy_headers": True, "dynamic_stats": False}
    return [
        {"name": "too large", "typed_config": script},
        {"name": "whole", "typed_config": whole},
        {"name": "router", "typed_config": router},
    ]
