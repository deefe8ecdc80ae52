"""An enterprise's file as HRSS reads it: every version of every record with both times, and the grades explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, grade_pb2
from jointsanctions.v1 import enterprise_file_pb2 as pb

from console.asking import CASE_BYTES, PURPOSE_BYTES, Fault
from formats.civil import midnight, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from google.protobuf.timestamp_pb2 import Timestamp

    from adapters.client import GatewayClient

MOST_VERSIONS: Final = 2_000
"""Read of one file; that there are more is said."""
PAGE: Final = 500
MOMENTS: Final = ("as_of", "known_at")
HELD: Final[Mapping[int, str]] = {
    pb.HOLDING_NOT_YET: "not_yet",
    pb.HOLDING_HOLDS: "holds",
    pb.HOLDING_NO_LONGER: "no_longer",
    pb.HOLDING_VOID: "void",
}
"""Whether a version holds, as ``console.holding`` of the texts names it; what is not here is ``unknown``."""
KINDS: Final = frozenset(
    {"enterprise", "complaint", "arrears", "five_systems", "listing_act", "publication", "penalty", "conviction"}
    | {"published_notice", "red_list", "grade_recovery", "attachment", "labour_violation", "incident_act"}
    | {"malicious_claim", "post", "licence", "wage_deposit", "credit_commitment", "exam_record"}
    | {"recruitment_record", "insurance_severe_listing", "identity_dispute", "publication_objection"}
    | {"listing_elsewhere", "withdrawal", "shown_repair", "objection"}
)
"""Kinds of records that the texts have a word for; another one is shown as it came."""
LISTED: Final = frozenset(
    {"NOT_YET_DECIDED", "DECIDED", "IN_FORCE", "STAYED", "HIDDEN", "REPAIR_SHOWN", "REPAIRED", "EXPIRED", "REVOKED"}
)
"""How a listing may stand, as ``console.listed`` of the texts names it; another one is shown as it came."""
_BESIDE: Final = ("withdrawal", "shown_repair", "objection")


@dataclass(frozen=True, slots=True)
class Meant:
    """Whose file is to be read, before it is said for which case."""

    uscc: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as a session keeps it.

    Attributes:
        uscc: Code of the enterprise.
        case_ref: The case that it was read for.
        known_on: Civil day as of whose start it is told what was known; empty for now.
        first: The first page, with what there is at a glance.
        versions: Versions in the order in which they came on record.
        revisions: Which submission brought each data revision that the versions name.
        cut: There are more versions than were read.
        grades: The grades by every scheme, and why.
    """

    uscc: str
    case_ref: str
    known_on: str
    first: pb.GetEnterpriseFileResponse
    versions: tuple[pb.FileVersion, ...]
    revisions: Mapping[int, pb.FileRevision]
    cut: bool
    grades: grade_pb2.ExplainGradeResponse


def faults(form: Mapping[str, str], today: date) -> list[Fault]:
    """Return what is wrong with a form as far as that is seen before anybody is asked."""
    found = [Fault(name, "required") for name in ("uscc", "case_ref") if not form.get(name)]
    limits = {"case_ref": CASE_BYTES, "purpose": PURPOSE_BYTES}
    found += [Fault(name, "too_long") for name, most in limits.items() if len(form.get(name, "").encode()) > most]
    for name in MOMENTS:
        try:
            if form.get(name) and parse_date(form[name]) > today:
                found.append(Fault(name, "day_ahead"))
        except ValueError:
            found.append(Fault(name, "malformed"))
    return found


def read(client: GatewayClient, form: Mapping[str, str], officer: str) -> FileRead:
    """Read a file and its grades; raises ``GatewayError`` where one of them is not told."""
    request = pb.GetEnterpriseFileRequest(uscc=form["uscc"], page_size=PAGE)
    why = grade_pb2.ExplainGradeRequest(enterprise=common_pb2.EnterpriseRef(uscc=form["uscc"]))
    for each in (request, why):
        each.case_ref, each.officer, each.purpose = form["case_ref"], officer, form.get("purpose", "")
        _put(each.as_of, form.get("as_of", ""))
        _put(each.known_at, form.get("known_at", ""))
    first = page = client.registry("GetEnterpriseFile", request, pb.GetEnterpriseFileResponse)
    versions, revisions = [*page.versions], {each.revision: each for each in page.revisions}
    while page.next_page_token and len(versions) < MOST_VERSIONS:
        request.page_token = page.next_page_token
        page = client.registry("GetEnterpriseFile", request, pb.GetEnterpriseFileResponse)
        versions += page.versions
        revisions |= {each.revision: each for each in page.revisions}
    grades = client.explain_grade(why)
    cut = bool(page.next_page_token)
    return FileRead(
        form["uscc"], form["case_ref"], form.get("known_at", ""), first, tuple(versions), revisions, cut, grades
    )


def _put(stamp: Timestamp, day: str) -> None:
    if day:
        stamp.FromDatetime(midnight(parse_date(day)))


def content(version: pb.FileVersion) -> dict[str, str]:
    """Return what a version says, by field, as the wire names it; what is part of a part with a dot."""
    fact = version.record.WhichOneof("fact")
    beside = next((name for name in _BESIDE if version.HasField(name)), None)
    message = getattr(version.record, fact) if fact else getattr(version, beside) if beside else None
    found: dict[str, str] = {}
    if message is not None:
        for name, value in json_format.MessageToDict(message, preserving_proto_field_name=True).items():
            if isinstance(value, dict):
                found.update({f"{name}.{part}": _plain(each) for part, each in value.items()})
            elif name not in {"act", "listing_id"}:
                found[name] = _plain(value)
    return {**found, **version.said}


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
