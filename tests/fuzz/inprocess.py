"""A whole gateway in this process, called where gRPC would call it.

Everything is real but the transport: the certificate is judged, the bytes are parsed, the store is read and written,
and the entry is durable. Left out is gRPC itself: TLS, framing, its own limits and its deadlines.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import grpc
from google.rpc import error_details_pb2, status_pb2

from gateway.bootstrap.process import Gateway, _load
from gateway.rpc.router import PACKAGE


class AbortedError(Exception):
    def __init__(self, code, trailers):
        super().__init__(code.name)
        self.code = code
        self.trailers = dict(trailers)

    @property
    def reason(self):
        status = status_pb2.Status.FromString(self.trailers["grpc-status-details-bin"])
        info = error_details_pb2.ErrorInfo()
        assert status.details[0].Unpack(info)
        return info.reason


class Context:
    """A call's context as far as the endpoint looks at it."""

    def __init__(self, auth):
        self.auth = auth
        self.done = []

    def auth_context(self):
        return self.auth

    def peer(self):
        return "ipv4:127.0.0.1:4"

    def time_remaining(self):
        return 30.0

    def invocation_metadata(self):
        return ()

    def add_done_callback(self, callback):
        self.done.append(callback)

    async def abort(self, code, _details, trailers):
        raise AbortedError(code, trailers)


class Details:
    def __init__(self, path):
        self.method = path
        self.invocation_metadata = ()


def auth_of(pki, who):
    """Return what gRPC says of a connection of *who*."""
    blocks = (pki / "clients" / f"{who}.pem").read_bytes().split(b"-----END CERTIFICATE-----\n")
    leaf, *rest = [block + b"-----END CERTIFICATE-----\n" for block in blocks if block.strip()]
    return {
        "x509_pem_cert": [leaf],
        "x509_pem_cert_chain": rest,
        "ssl_tls_version": [b"TLSv1.3"],
        "ssl_negotiated_key_exchange_group": [b"X25519MLKEM768"],
    }


class InProcess:
    """Calls methods of one gateway; ``call`` returns (status, reason, answer's bytes)."""

    def __init__(self, gateway, router, pki):
        self._gateway = gateway
        self._router = router
        self._pki = pki
        self._auth = {}

    async def call(self, name, raws, who):
        auth = self._auth.get(who) or self._auth.setdefault(who, auth_of(self._pki, who))
        context = Context(auth)
        handler = self._router.service(Details(PACKAGE + name))
        try:
            return grpc.StatusCode.OK, "", await self._answer(handler, raws, context)
        except AbortedError as error:
            return error.code, error.reason, b""
        finally:
            for callback in context.done:
                callback(context)

    async def _answer(self, handler, raws, context):
        if handler.request_streaming:
            return await handler.stream_unary(_each(raws), context)
        if not handler.response_streaming:
            return await handler.unary_unary(raws[0], context)
        feed = handler.unary_stream(raws[0], context)
        try:
            return await anext(feed)
        finally:
            await feed.aclose()


async def _each(raws):
    for raw in raws:
        yield raw


@asynccontextmanager
async def running(config):
    """Run a gateway of this configuration without a server."""
    gateway = Gateway(config, 0, shared_port=False)
    await gateway._recovery.record_commits()
    await gateway._mandates.start(gateway._audit)
    await gateway._revocations.start()
    await asyncio.to_thread(_load, gateway._index)
    gateway._index.start()
    try:
        yield InProcess(gateway, gateway._router, config.settings.state / "pki")
    finally:
        gateway._endpoint.end_feeds()
        await gateway._endpoint.settle()
        await gateway._beside.intake.close()
        await gateway._index.stop()
        await gateway._mandates.callers.stop()
        await gateway._revocations.index.stop()
        await gateway._audit.close()
        gateway._engine.dispose()
