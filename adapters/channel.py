"""One mutually authenticated channel to the gateway: how a message is sent, and how an answer comes back.

It knows no method (``adapters.client``, ``adapters.streams``) and turns every failure into a ``GatewayError``.

The channel always verifies the gateway's certificate. gRPC for Python has no setting for the least TLS version on the
client's side; the gateway itself speaks nothing below TLS 1.3.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

import grpc
from google.protobuf.message import Message

from adapters.credentials import channel_credentials
from adapters.patience import patiently
from adapters.targets import target_of
from adapters.wire_errors import answering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from adapters.officers import OfficerSigner

PACKAGE: Final = "jointsanctions.v1"
_SERVICES = (
    "CreditService",
    "RegistryService",
    "AuditService",
    "SubjectService",
    "AdminService",
    "ReferralService",
)
_RETRIES = {
    # A repeated check is a new question and writes are idempotent by request_id, so all of it may be repeated.
    "methodConfig": [
        {
            "name": [{"service": f"{PACKAGE}.{name}"} for name in _SERVICES],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}
_LARGEST_ANSWER = 64 * 1024 * 1024  # a batch of 1,000 with many measures each passes gRPC's 4 MiB
_READ_AHEAD = 1 << 20

A = TypeVar("A", bound=Message)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where the gateway is and who we are.

    Attributes:
        target: ``host:port``; of several nodes ``IP:port,IP:port`` or ``dns:///host:port``, which are asked in turn.
        ca_file: PEM certificates of the authorities that may issue the gateway's certificate.
        certificate_file: PEM chain of our certificate, leaf first.
        key_file: PEM private key of the leaf, unencrypted.
        server_name: Name that the gateway's certificate must bear; None means the host of *target*.
        deadline_seconds: Time that one call may take, its retries included.
        submission_deadline_seconds: The same for a whole submission of records.
        officers: Signs who makes each call, for an agency with a registered key; None where officers are declared.
    """

    target: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    server_name: str | None
    deadline_seconds: float
    submission_deadline_seconds: float = 3600.0
    officers: OfficerSigner | None = None


@dataclass(frozen=True, slots=True)
class Method(Generic[A]):
    """A method of the gateway: its path on the wire, and what it answers with."""

    path: str
    answer: type[A]


class Channel:
    """An open channel; may be shared by threads, not by forked processes."""

    def __init__(self, settings: ClientSettings) -> None:
        """Open the channel; nothing is sent yet.

        Raises:
            SettingsError: A key or certificate file cannot be used, or the target; the message names it.
        """
        target = target_of(settings.target, settings.server_name)
        credentials = channel_credentials(settings.ca_file, settings.certificate_file, settings.key_file)
        options: list[tuple[str, str | int]] = [
            ("grpc.service_config", json.dumps({**_RETRIES, **target.config})),
            ("grpc.max_receive_message_length", _LARGEST_ANSWER),
            # Left to itself gRPC takes in what a fast line brings, and keeps it where the disk is slower.
            ("grpc.http2.bdp_probe", 0),
            ("grpc.http2.lookahead_bytes", _READ_AHEAD),
            # The environment must not be able to put somebody in between.
            ("grpc.enable_http_proxy", 0),
            *target.options,
        ]
        if settings.officers is not None:
            # gRPC would send the same assertion again, which is good for once: ``patiently`` asks with another.
            options.append(("grpc.enable_retries", 0))
        if settings.server_name is not None:
            options.append(("grpc.ssl_target_name_override", settings.server_name))
        self._settings = settings
        self._channel = grpc.secure_channel(target.address, credentials, options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the channel; later calls raise ``GatewayError``."""
        self._channel.close()

    @property
    def asserts_officers(self) -> bool:
        """Each call is vouched for by an assertion of the agency's own, which speaks for one officer."""
        return self._settings.officers is not None

    def _ask(self, method: Method[A], request: Message, seconds: float | None = None) -> A:
        """Send one message and return the answer; *seconds*: None is the deadline of every call."""
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method.path, None, None)
        raw = _sent(request)
        whole = seconds or self._settings.deadline_seconds

        def ask(left: float) -> A:
            metadata = self._signed(method.path, request, raw)
            with answering(method.path):
                return method.answer.FromString(call(raw, timeout=left, metadata=metadata))

        return patiently(whole, ask, unavailable=self._settings.officers is not None)

    def _send(self, method: Method[A], requests: Iterable[Message]) -> A:
        """Send messages one after another and return the answer to all of them."""
        call: grpc.StreamUnaryMultiCallable[Message, bytes] = self._channel.stream_unary(method.path, _sent, None)
        timeout = self._settings.submission_deadline_seconds
        messages = iter(requests)
        # The assertion is sent ahead of the stream, and is about its first message.
        first = list(islice(messages, 1 if self._settings.officers else 0))
        metadata = self._signed(method.path, first[0], _sent(first[0])) if first else ()
        with answering(method.path):
            return method.answer.FromString(call(chain(first, messages), timeout=timeout, metadata=metadata))

    def _follow(self, method: Method[A], request: Message, seconds: float | None) -> Iterator[A]:
        """Send one message and yield what comes; *seconds*: None has no end. Whoever looks no further ends the call."""
        call: grpc.UnaryStreamMultiCallable[Message, bytes] = self._channel.unary_stream(method.path, _sent, None)
        metadata = self._signed(method.path, request, _sent(request))
        with answering(method.path):
            stream = call(request, timeout=seconds, metadata=metadata)
        try:
            while True:
                with answering(method.path):
                    received = next(stream, None)
                    if received is None:
                        return
                    message = method.answer.FromString(received)
                yield message
        finally:
            stream.cancel()

    def _signed(self, path: str, request: Message, raw: bytes) -> tuple[tuple[str, str], ...]:
        """Return the metadata of one call: an assertion of its own, where officers are asserted."""
        signer = self._settings.officers
        return signer.metadata(path, request, raw) if signer is not None else ()


def _sent(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)
