"""The one generic handler that gRPC is given: every path, known or not, goes to the endpoint."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import grpc

from gateway.rpc.method import PACKAGE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from gateway.rpc.begun import Context
    from gateway.rpc.endpoint import Endpoint
    from gateway.rpc.method import Method


class Router(grpc.GenericRpcHandler):
    """The one generic handler: every path comes here, and every path is recorded."""

    def __init__(self, endpoint: Endpoint, methods: Sequence[Method]) -> None:
        self._endpoint = endpoint
        self._handlers = {PACKAGE + method.name: self._handler(method) for method in methods}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        """Return the handler of a path; an unknown one gets a handler that records and refuses."""
        path = handler_call_details.method
        return self._handlers.get(path) or self._unknown(path)

    def unary(self, names: Sequence[str]) -> dict[str, grpc.RpcMethodHandler[Any, Any]]:
        """Return by path the handlers of unary methods called like "CreditService/CheckEligibility"."""
        return {PACKAGE + name: self._handlers[PACKAGE + name] for name in names}

    def _handler(self, method: Method) -> grpc.RpcMethodHandler[Any, Any]:
        if method.run_stream is not None:

            async def stream(raws: AsyncIterator[bytes], context: Context) -> bytes:
                return await self._endpoint.stream(method, raws, context)

            return grpc.stream_unary_rpc_method_handler(stream)
        if method.run_feed is not None:

            async def feed(raw: bytes, context: Context) -> AsyncGenerator[bytes]:
                async with aclosing(self._endpoint.feed(method, raw, context)) as messages:
                    async for message in messages:
                        yield message

            return grpc.unary_stream_rpc_method_handler(feed)

        async def unary(raw: bytes, context: Context) -> bytes:
            return await self._endpoint.unary(method, raw, context)

        return grpc.unary_unary_rpc_method_handler(unary)

    def _unknown(self, path: str) -> grpc.RpcMethodHandler[Any, Any]:
        async def refuse(raw: bytes, context: Context) -> bytes:
            return await self._endpoint.unknown(path, raw, context)

        return grpc.unary_unary_rpc_method_handler(refuse)
