"""What is recorded of one call: who asked what, and what was answered.

The body of an audit entry, as plain values under short stable keys (``docs/audit-events.md`` lists them). Lists are
cut here to what a body, and a batch line, has room for beside the fields that the wire caps, so that an entry always
fits; a key that does not apply is absent. How an entry is sealed is in ``audit``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from gateway.domain.officers import OfficerKnown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME_LIMIT = 62
"""Bytes, as written with quotes and escapes, of one name that is recorded as it is; a longer one as its hash."""
MEASURES_ROOM = 1_200
"""Bytes for the rule ids of all measures together."""
GROUNDS_ROOM = 600
"""Bytes for the ids of all records that were told of together."""
DOUBTS_ROOM = 400
"""Bytes for all doubts together."""
FIELD_LIMIT = 120
"""Bytes of the path of a field at fault."""

OWN_OF_ITEM = ("case", "officer", "officer_by", "purpose")
"""Keys that stand in the body of a batch, for all its items, or in the line of each."""

BATCH = "CreditService/BatchCheckEligibility"
QUESTIONS = frozenset(
    {"CreditService/CheckEligibility", BATCH, "CreditService/CheckPerson", "CreditService/ClearAward"}
)
"""Methods that ask whether somebody may go ahead."""
_DECLARED: Final = OfficerKnown.DECLARED.name.lower()
OK = "OK"
KEYED = "keyed:"
"""Before the hash of a request that is a keyed one: over the SHA-256, under a key that no reader of the log has."""


@dataclass(frozen=True, slots=True)
class CallerSeen:
    """Who called, as far as the connection told; empty strings for what it did not."""

    agency: str = ""
    role: str = ""
    holder: str = ""
    identity: str = ""
    certificate: str = ""
    """SHA-256 of the certificate's DER form, hexadecimal."""
    peer: str = ""
    tls: str = ""
    group: str = ""
    """Key-exchange group of the handshake."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as it will be recorded, but for its place in the queue.

    ``told`` holds what the method itself has to say (question, parties, verdict); ``response`` the SHA-256 of the
    deterministic response without its audit position and line hashes.
    """

    method: str
    outcome: str
    caller: CallerSeen
    request_hash: str
    """SHA-256 of the raw request, hexadecimal; or ``KEYED`` and the keyed hash of that."""
    latency_us: int
    faulty_field: str = ""
    response: str = ""
    told: Mapping[str, object] = field(default_factory=dict)
    lines: Sequence[Mapping[str, object]] = ()


def body_of(call: CallRecord) -> dict[str, object]:
    """Return the body of the call's entry."""
    seen = {
        "agency": call.caller.agency,
        "role": call.caller.role,
        "holder": call.caller.holder,
        "identity": call.caller.identity,
        "certificate": call.caller.certificate,
        "peer": call.caller.peer,
        "tls": call.caller.tls,
        "group": call.caller.group,
    }
    body: dict[str, object] = {
        "method": call.method,
        "outcome": call.outcome,
        "caller": {key: value for key, value in seen.items() if value},
        "latency_us": call.latency_us,
        **call.told,
    }
    if "officer" in body:
        body["officer_by"] = (OfficerKnown.ASSERTED if signed_for(body) else OfficerKnown.DECLARED).name.lower()
    keyed = call.request_hash.startswith(KEYED)
    request = {
        "sha256": "" if keyed else call.request_hash,
        "keyed": call.request_hash.removeprefix(KEYED) if keyed else "",
        "id": body.pop("request_id", ""),
    }
    body["request"] = {key: value for key, value in request.items() if value}
    if call.faulty_field:
        body["field"] = call.faulty_field.encode()[:FIELD_LIMIT].decode(errors="ignore")
    if call.response:
        body["response"] = call.response
    return body


def signed_for(told: Mapping[str, object]) -> bool:
    """Return whether what is told of a call, or recorded, says that a key of its agency signed who its officer is."""
    return isinstance(assertion := told.get("assertion"), dict) and "nonce" in assertion


def own_of_item(*, case: str, officer: str, purpose: str) -> dict[str, object]:
    """Return what the line of an item says beside what was asked in it; empty texts for what the body says for all.

    Its officer is declared: an assertion speaks for one officer of the whole call, who then stands in the body.
    """
    own: dict[str, object] = {"case": case} if case else {}
    if officer:
        own.update(officer=officer, officer_by=_DECLARED)
    if purpose:
        own["purpose"] = purpose
    return own


def body_of_item(body: Mapping[str, Any], line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body of a batch as it reads for the item of *line*: case, officer and purpose are the item's own."""
    own = {key: line[key] for key in OWN_OF_ITEM if key in line}
    return {**body, **own} if own else body


def asked_alone(line: Mapping[str, Any]) -> bool:
    """Return whether the item of *line* is a question of its own that went in company: of a case or by an officer."""
    return "case" in line or "officer" in line


def is_question(method: str, outcome: str, *, of_batch: bool) -> bool:
    """Return whether what was recorded is one question: a call, an item of a batch, or a batch refused as a whole."""
    whole_batch = method == BATCH and not of_batch and outcome == OK
    return method in QUESTIONS and not whole_batch


def recorded_name(name: str) -> str:
    """Return *name* as it is recorded: itself, or the mark and hash of one that is long."""
    if not name or len(canonical.encode(name)) <= NAME_LIMIT:
        return name
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()[:32]


def recorded_measures(rule_ids: Sequence[str]) -> list[str]:
    """Return rule ids as recorded: those of the strongest for which there is room, and how many more there were."""
    return _first(rule_ids, MEASURES_ROOM)


def recorded_grounds(record_ids: Sequence[str]) -> list[str]:
    """Return ids of records as recorded, a long one as its hash: those for which there is room, and how many more."""
    return _first([recorded_name(record_id) for record_id in record_ids], GROUNDS_ROOM)


def has_more(recorded: Sequence[str]) -> bool:
    """Return whether a recorded list says that there were more than it holds."""
    return bool(recorded) and recorded[-1].startswith("+") and recorded[-1][1:].isdigit()


def recorded_doubts(doubts: Sequence[str]) -> list[str]:
    """Return doubts as recorded: those for which there is room, and how many more there were."""
    return _first(doubts, DOUBTS_ROOM)


def _first(texts: Sequence[str], room: int) -> list[str]:
    if not texts or _size(texts) <= room:
        return list(texts)
    kept: list[str] = []
    while _size([*kept, texts[len(kept)], f"+{len(texts)}"]) <= room:
        kept.append(texts[len(kept)])
    return [*kept, f"+{len(texts) - len(kept)}"]


def _size(texts: Sequence[str]) -> int:
    """Return how many bytes the list takes in an entry, escapes included."""
    return len(canonical.encode(list(texts)))
