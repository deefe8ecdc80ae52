"""Traced calls in the format of OpenTelemetry (OTLP, protobuf), as a collector takes them.

Of the OpenTelemetry project only the messages are used. Its SDK reads a dozen variables of the environment, any of
which would send more, elsewhere, or with other attributes than the configuration says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from gateway.domain.errors import AuditUnavailableError, StoreUnavailableError, UnexpectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gateway.rpc.traces import EndedCall

SCOPE: Final = "jointsanctions.gateway"
FAULTS: Final = frozenset({UnexpectedError.reason, AuditUnavailableError.reason, StoreUnavailableError.reason})
"""Outcomes that are faults of the gateway's: all others, refusals among them, are answers."""
CALLERS_SPAN_FLAGS: Final = 0x300
"""Of a link: it is known that the span is another process's."""


def encode(calls: Sequence[EndedCall], resource: Mapping[str, str], epoch: int) -> bytes:
    """Return one request to a collector.

    Args:
        calls: What ended.
        resource: Which process says so; texts of the configuration.
        epoch: Nanoseconds since 1970 (UTC) at which ``time.perf_counter_ns`` was 0.
    """
    request = ExportTraceServiceRequest()
    spans = request.resource_spans.add()
    spans.resource.attributes.extend(_attributes(resource))
    scope = spans.scope_spans.add()
    scope.scope.name = SCOPE
    for call in calls:
        scope.spans.extend(_spans(call, epoch))
    return request.SerializeToString()


def _spans(call: EndedCall, epoch: int) -> Iterator[Span]:
    whole = Span(
        trace_id=call.trace_id,
        span_id=os.urandom(8),
        name=call.method,
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=epoch + call.started,
        end_time_unix_nano=epoch + call.ended,
        attributes=_attributes(call.attributes),
    )
    if call.link is not None:
        whole.links.add(trace_id=call.link[0], span_id=call.link[1], flags=CALLERS_SPAN_FLAGS)
    if call.outcome in FAULTS:
        whole.status.code = Status.STATUS_CODE_ERROR
    yield whole
    begun = call.started
    for name, ended in call.parts:
        yield Span(
            trace_id=call.trace_id,
            span_id=os.urandom(8),
            parent_span_id=whole.span_id,
            name=name,
            kind=Span.SPAN_KIND_INTERNAL,
            start_time_unix_nano=epoch + begun,
            end_time_unix_nano=epoch + ended,
        )
        begun = ended


def _attributes(said: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in said.items()]
