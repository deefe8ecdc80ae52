"""Whatever goes wrong on the wire, as one ``GatewayError``: what the gateway itself said, or that nobody answered.

It reads errors and sends nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from google.rpc import status_pb2 as rpc_status_pb2

from adapters.errors import NO_ANSWER, GatewayError

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR_DOMAIN: Final = "joint-sanctions-gateway"
"""``google.rpc.ErrorInfo.domain`` of every error that the gateway itself sends."""


@contextmanager
def answering(path: str) -> Iterator[None]:
    """Turn what fails while the method at *path* answers, or its answer is read, into a ``GatewayError``."""
    try:
        yield
    except grpc.RpcError as error:
        raise _gateway_error(error) from error
    except DecodeError as error:
        raise GatewayError(grpc.StatusCode.INTERNAL, NO_ANSWER, {}, f"{path}: not a valid answer") from error
    except ValueError as error:  # what gRPC raises for a channel that was closed
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, str(error)) from error


def _gateway_error(error: grpc.RpcError) -> GatewayError:
    """Read the one ``ErrorInfo`` of our domain; whatever else came is nobody's word and so ``NO_ANSWER``."""
    code, details = error.code(), error.details() or ""
    infos = _error_infos(error)
    if len(infos) == 1 and infos[0].domain == ERROR_DOMAIN and infos[0].reason:
        return GatewayError(code, infos[0].reason, infos[0].metadata, details)
    return GatewayError(code, NO_ANSWER, {}, details)


def _error_infos(error: grpc.RpcError) -> list[error_details_pb2.ErrorInfo]:
    trailers = [entry.value for entry in error.trailing_metadata() or () if entry.key == "grpc-status-details-bin"]
    infos = []
    try:
        for trailer in trailers:
            for detail in rpc_status_pb2.Status.FromString(trailer).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    infos.append(info)
    except DecodeError:
        return []
    return infos
