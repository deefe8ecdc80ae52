"""Items of a batch that name a case, an officer and a purpose of their own (credit.proto, ``BatchItem``).

Each of the three stands in one place: in the question, for all items, or in the items. So the body of the entry never
speaks of one item's case, and the line of an item never of another's: a receipt shows its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.call_record import own_of_item
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jointsanctions.v1 import credit_pb2

    from gateway.rpc.method import Call

CASE, OFFICER, PURPOSE = "case_ref", "officer", "purpose"
_LIMITS: Final = {CASE: 128, OFFICER: 64, PURPOSE: 256}
_RECORDED: Final = {CASE: "case", OFFICER: "officer"}
"""By the field, the key under which a call is found."""


class LeftToItems(NamedTuple):
    """What the question of a batch leaves to its items: fields that it leaves out and at least one item names."""

    names: frozenset[str]
    purposes: Sequence[tuple[str, str]]
    """Of each item the path of its purpose, and what it states; empty where the question states one, or nobody does."""


NOTHING_LEFT: Final = LeftToItems(frozenset(), ())


def left_to_items(request: credit_pb2.BatchCheckEligibilityRequest) -> LeftToItems:
    """Return what the question leaves to the items."""
    question, items = request.question, request.items
    names = frozenset(
        name for name in _LIMITS if not getattr(question, name) and any(getattr(item, name) for item in items)
    )
    if PURPOSE not in names:
        return LeftToItems(names, ())
    return LeftToItems(names, [(f"items[{place}].{PURPOSE}", item.purpose) for place, item in enumerate(items)])


def tell_who_asks(items: Sequence[credit_pb2.BatchItem], left: LeftToItems, call: Call) -> None:
    """Tell the record case and officer of the first of *items*, by which a call is found that is refused."""
    for name in left.names & _RECORDED.keys():
        call.told.pop(_RECORDED[name], None)
        if items and fields.recordable(value := getattr(items[0], name), _LIMITS[name]):
            call.told[_RECORDED[name]] = value


def read_own(
    sent: credit_pb2.BatchItem, question: credit_pb2.Question, left: LeftToItems, base: str
) -> dict[str, object]:
    """Return what is recorded of an item beside what was asked in it: what is its own; *base* is its path, with a dot.

    Raises:
        AuthorizationMissingError: The question leaves the case to the items, and this one names none.
        MalformedRequestError: Likewise the officer; one of them is malformed; or it is another than the question's.
    """
    for name in _LIMITS:
        value = getattr(sent, name)
        if value and name not in left.names and value != getattr(question, name):
            raise MalformedRequestError(base + name, f"is another than the question's: it has one {name} for all items")
    return own_of_item(
        case=fields.case_reference(sent.case_ref, base + CASE) if CASE in left.names else "",
        officer=fields.required(sent.officer, base + OFFICER, _LIMITS[OFFICER]) if OFFICER in left.names else "",
        purpose=fields.text(sent.purpose, base + PURPOSE, _LIMITS[PURPOSE]) if PURPOSE in left.names else "",
    )
