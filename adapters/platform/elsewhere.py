"""Listings that other authorities decided, from a file of the platform in the layout of the wage list (section 2.3).

Each row becomes a record of its own kind under its authority's name; a row without a sound code becomes a published
notice, which the gateway holds on nobody. Rows of our own authorities are ours already, and are counted and left out.
Persons' columns are never read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import record_pb2, registry_pb2

from adapters.platform.layouts import ENDED, ENDED_ON, GROUND, LAYOUTS, OPERATION, read
from adapters.platform.runs import EXPIRED, REPAIRED, REVOKED
from adapters.platform.targets import WITHDRAWN
from formats.identifiers import UsccError, parse_uscc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.client import GatewayClient
    from adapters.platform.settings import Settings

CHUNK: Final = 1_000
GROUNDS: Final = {EXPIRED: "EXPIRED", REPAIRED: "REPAIRED", REVOKED: "REVOKED", WITHDRAWN: "WITHDRAWN"}
OLD_RULES: Final = ("到期退出情况", "续期原因")
"""Columns that only records under the rules before 2022 fill (L-30)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its number in the file, the column or field, and why."""

    row: int
    field: str
    why: str


@dataclass(slots=True)
class Outcome:
    """What became of a file."""

    own: int = 0
    """Rows of our own authorities, left out."""
    stored: int = 0
    unchanged: int = 0
    held: int = 0
    refused: list[Refused] = field(default_factory=list)


def submit(client: GatewayClient, settings: Settings, content: bytes) -> Outcome:
    """Read a file and submit what is in it, under ids that come from its bytes: sending it again changes nothing.

    Raises:
        ValueError: It is no file of the layout.
        GatewayError: The gateway did not take it; what was stored stands.
    """
    outcome = Outcome()
    records = list(_records(settings, content, outcome))
    requests = _requests(settings, hashlib.sha256(content).hexdigest(), records)
    answer = client.submit(requests)
    outcome.stored, outcome.unchanged, outcome.held = answer.stored, answer.unchanged, answer.held
    rejected = (row for row in answer.rows if row.status == registry_pb2.ROW_STATUS_REJECTED)
    outcome.refused += [Refused(row.row, row.field, row.why.en) for row in rejected]
    outcome.refused.sort(key=lambda each: each.row)
    return outcome


def _requests(
    settings: Settings, digest: str, records: Sequence[record_pb2.Record]
) -> Iterator[registry_pb2.SubmitRecordsRequest]:
    starts = range(0, len(records), CHUNK) or range(1)
    for start in starts:
        yield registry_pb2.SubmitRecordsRequest(
            request_id=f"lists-{digest[:56]}",
            feed=settings.lists_feed,
            records=records[start : start + CHUNK],
            officer=settings.officer,
            last=start == starts[-1],
        )


def _records(settings: Settings, content: bytes, outcome: Outcome) -> Iterator[record_pb2.Record]:
    layout = LAYOUTS["listing"]
    header, rows = read(content)
    if missing := [column for column in layout.required if column not in header]:
        raise ValueError(f"the header lacks {', '.join(missing)}")
    if unknown := [column for column in header if column not in layout.all_columns]:
        raise ValueError(f"the header has columns that the layout does not: {', '.join(unknown)}")
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        if row["发布机关名称"] in settings.own_authorities:
            outcome.own += 1
            continue
        record = _record(number, row)
        if isinstance(record, Refused):
            outcome.refused.append(record)
        elif record.source_key in seen:
            why = f"the same code, day and document number as row {seen[record.source_key]}"
            outcome.refused.append(Refused(number, "文书号", why))
        else:
            seen[record.source_key] = number
            yield record


def _record(number: int, row: Mapping[str, str]) -> record_pb2.Record | Refused:
    for column in OLD_RULES:
        if row.get(column):
            return Refused(number, column, "a record under the rules before 2022: not held here")
    removed = row.get(OPERATION) == ENDED
    removed_by = GROUNDS.get(row.get(GROUND, ""), "")
    if removed and not (removed_by and row.get(ENDED_ON)):
        return Refused(number, GROUND, f"an ended row needs its day and one of {', '.join(GROUNDS)}")
    key = "\0".join(row[column] for column in LAYOUTS["listing"].key)
    record = record_pb2.Record(
        row=number,
        source_key=hashlib.sha256(key.encode()).hexdigest(),
        uscc=row["统一社会信用代码"],
        name=row["对象名称"],
        authority=row["发布机关名称"],
        document_number=row["文书号"],
    )
    if not _sound(record.uscc):
        return _notice(record, row, removed=removed)
    record.listing_elsewhere.CopyFrom(
        record_pb2.ListingElsewhere(
            listed_on=row["列入时间"],
            expected_exit_on=row.get("预计退出日期", ""),
            removed_on=row.get(ENDED_ON, "") if removed else "",
            removed_by=removed_by if removed else "",
            reason=row.get("列入事由", ""),
            basis=row.get("列入依据", ""),
            list_name=row.get("名单项目名称", ""),
        )
    )
    return record


def _notice(record: record_pb2.Record, row: Mapping[str, str], *, removed: bool) -> record_pb2.Record | Refused:
    if removed:
        return Refused(record.row, "统一社会信用代码", "an ended row without a sound code: the held notice stays")
    record.published_notice.list = "WAGE_ARREARS_LISTING"
    record.published_notice.published_on = row["列入时间"]
    return record


def _sound(code: str) -> bool:
    try:
        parse_uscc(code)
    except UsccError:
        return False
    return True
