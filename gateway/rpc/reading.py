"""Turns the bytes of a request into a message that a method may trust: parsed, and its officer told as far as known.

An agency with a registered key says who its officer is by an assertion in the metadata, which is verified before the
request is parsed; the message then names that officer and no other. Of all other agencies the officer is as the
request declares.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from gateway.domain.errors import MalformedRequestError, OfficerAssertionRejectedError
from gateway.domain.officers import OFFICER_BYTES, AssertionFault
from gateway.rpc import fields
from gateway.rpc.method import PACKAGE
from gateway.rpc.parsing import parse
from gateway.services.ports.identity import SignedCall

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from gateway.domain.officers import AssertedOfficer
    from gateway.rpc.begun import Begun
    from gateway.rpc.identity import Identity
    from gateway.rpc.method import Call

METADATA_KEY: Final = "jsg-officer-assertion"
PLACES: Final = ("searched_by", "officer")
"""Fields that name the officer who calls; in a search ``officer`` is whom it looks for."""
HEADS: Final = ("question", "step")
"""Parts of a request that name the officer in its stead."""


class RequestReader:
    """Reads the messages of one call: its request, or one after another those of its stream."""

    def __init__(self, identity: Identity, begun: Begun, call: Call) -> None:
        self._identity = identity
        self._begun = begun
        self._call = call
        self._first = True
        self._officer: AssertedOfficer | None = None

    def read(self, raw: bytes) -> Message:
        """Return the message in *raw*, over which the digest of the call has gone already.

        Raises:
            OfficerAssertionRejectedError: The agency has a key and nothing acceptable speaks for the officer, or the
                message names another.
            MalformedRequestError: As ``parse`` does.
        """
        try:
            if self._first:
                self._first = False
                self._verify()
            message = parse(self._begun.method.request, raw)
            if self._officer is not None:
                _name(message, self._officer.officer)
        except OfficerAssertionRejectedError as error:
            known = self._call.told.get("assertion")
            said = known if isinstance(known, dict) else {}
            self._call.told["assertion"] = {**said, "why": error.metadata["why"]}
            raise
        return message

    def _verify(self) -> None:
        """Take the officer from the one assertion of the call, of which the first message is all that has come."""
        sent = [value for key, value in self._begun.context.invocation_metadata() or () if key == METADATA_KEY]
        agency = self._call.agency
        if not sent:
            if agency.officer_keys and officer_place(self._begun.method.request.DESCRIPTOR):
                _reject(AssertionFault.MISSING)
            return
        if len(sent) > 1:
            _reject(AssertionFault.DUPLICATE)
        path = PACKAGE + self._begun.method.name
        signed = SignedCall(agency, path, self._begun.digest.hexdigest(), self._call.now)
        # gRPC lets nothing but printable ASCII through in a key without "-bin".
        asserted = self._identity.officer(str(sent[0]), signed)
        try:
            fields.required(asserted.officer, "officer", OFFICER_BYTES)
        except MalformedRequestError:
            _reject(AssertionFault.OFFICER)
        self._officer = asserted
        self._call.told["officer"] = asserted.officer
        self._call.told["assertion"] = {"kid": asserted.kid, "nonce": asserted.nonce}


@cache
def officer_place(request: Any) -> tuple[str, ...]:  # noqa: ANN401 - a descriptor: the runtime has two of it
    """Return the path of the field in which a request of this descriptor names its officer; empty for none."""
    for name in PLACES:
        if name in request.fields_by_name:
            return (name,)
    for head in HEADS:
        part = request.fields_by_name.get(head)
        if part is not None and "officer" in part.message_type.fields_by_name:
            return (head, "officer")
    return ()


def _name(message: Message, officer: str) -> None:
    """Let the message name *officer*, who has been asserted; raises where it names somebody else."""
    place = officer_place(message.DESCRIPTOR)
    if not place:
        return
    part: Any = message
    for head in place[:-1]:
        if not part.HasField(head):
            return  # the method says what is missing
        part = getattr(part, head)
    said = {getattr(part, place[-1]), *(getattr(item, "officer", "") for item in getattr(message, "items", ()))}
    if said - {"", officer}:
        _reject(AssertionFault.OFFICER)  # also of an item of a batch that names an officer of its own
    setattr(part, place[-1], officer)


def _reject(why: AssertionFault) -> NoReturn:
    raise OfficerAssertionRejectedError(why)
