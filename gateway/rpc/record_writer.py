"""Records back onto the wire: any kind written into its message by the fields of its class, the inverse of reading.

What was read from a record is written as that record, but for its row and its source's own key, which are not kept,
and the persons that it names, who are never shown: how many there are is said beside it.
"""

from __future__ import annotations

from datetime import date
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

from gateway.domain import kinds
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import PersonKey
from gateway.domain.listing_acts import Act
from gateway.domain.objections import Objection
from gateway.domain.records import Attachment
from gateway.domain.vocabulary import ListingActKind
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.rpc.answers import instant_pb, wire

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from jointsanctions.v1 import changes_pb2, enterprise_file_pb2
    from jointsanctions.v1 import record_pb2 as pb

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.recorded import RecordedVersion

    Holder = changes_pb2.Change | enterprise_file_pb2.FileVersion

_FIELDS: Final = {
    kind: tuple((each.name, each.wire) for each in content_of(kind) if each.type is not PersonKey)
    for kind in kinds.KINDS.values()
}
_CHAIN: Final = "chain."


def put_content(holder: Holder, version: RecordedVersion) -> None:
    """Write what *version* says into *holder*: its record, and what a record has no field for."""
    said = dict(version.said)
    record = holder.record
    record.uscc = version.uscc or version.code_printed
    record.name = version.name
    record.authority = version.content.authority
    record.document_number = version.content.document_number
    content = version.content
    if isinstance(content, Act):
        _write_act(record.listing_act, version.listing_id, content, said)
        if content.party:
            said["delivered_to"] = "ENTERPRISE" if content.party == version.uscc else "PERSON"
    elif isinstance(content, Attachment):
        record.attachment.record_id = content.record_id
        record.attachment.detached = not content.uscc
        record.attachment.decided_on = content.decided_on.isoformat()
    elif isinstance(content, Withdrawal):
        _write_withdrawal(holder, content)
    elif isinstance(content, ShownRepair):
        _write_shown(holder, content)
    elif isinstance(content, Objection):
        _write_objection(holder, content)
    else:
        write_fact(record, content)
    holder.said.update(said)
    holder.persons = version.persons


def write_fact(record: pb.Record, fact: Fact) -> None:
    """Write a fact of any kind into the message of its kind, without the persons that it names.

    Raises:
        KeyError: No record carries facts of its class.
    """
    names = _FIELDS[type(fact)]
    message: Message = getattr(record, fact.wire_name)
    message.SetInParent()
    for name, wire_name in names:
        _put(message, wire_name, getattr(fact, name))


def _put(message: Message, name: str, value: object) -> None:
    """Write one field; what was not said stays unset."""
    if value is None:
        return
    if isinstance(value, tuple):
        getattr(message, name).extend(each.value for each in value)
    elif isinstance(value, date):
        setattr(message, name, value.isoformat())
    elif isinstance(value, Enum) and not isinstance(value, IntEnum):
        setattr(message, name, value.value)
    else:
        setattr(message, name, value)


def _write_act(message: pb.ListingAct, listing_id: str, act: Act, said: dict[str, str]) -> None:
    """Write an act; what the message has a field for is taken out of *said*."""
    message.listing_id = listing_id
    message.act = wire(act.kind)
    message.on = act.on.isoformat()
    if act.at is not None:
        message.at.CopyFrom(instant_pb(act.at))
    _put(message, "due_on", act.due_on)
    _put(message, "corrected_on", act.corrected_on)
    if act.kind is ListingActKind.DECISION:
        message.reason = said.pop("reason", "")
    for name in [name for name in said if name.startswith(_CHAIN)]:
        setattr(message.chain, name.removeprefix(_CHAIN), said.pop(name))


def _write_shown(holder: Holder, shown: ShownRepair) -> None:
    holder.shown_repair.record_id = shown.target_id
    holder.shown_repair.shown_on = shown.shown_on.isoformat()
    _put(holder.shown_repair, "rejected_on", shown.rejected_on)
    holder.shown_repair.rejection_number = shown.rejection_number
    holder.shown_repair.rejection_reason = shown.rejection_reason


def _write_objection(holder: Holder, objection: Objection) -> None:
    holder.objection.record_id = objection.target_id
    for name in ("about", "grounds", "received_on", "answered_on", "result", "answer_number", "answer"):
        _put(holder.objection, name, getattr(objection, name))


def _write_withdrawal(holder: Holder, withdrawal: Withdrawal) -> None:
    holder.withdrawal.record_id = withdrawal.target_id
    holder.withdrawal.decided_on = withdrawal.decided_on.isoformat()
    _put(holder.withdrawal, "holds_until", withdrawal.holds_until)
    holder.withdrawal.reason = withdrawal.reason
