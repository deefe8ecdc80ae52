"""A list of awards that an auditor chose a file of: read, asked about, and what stands out as a file (A-122)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import award_cover_pb2 as pb

from adapters.errors import GatewayError
from console.access_filter import AREAS
from formats.award_lists import AwardFault, ListedAward, read_awards
from formats.file_encoding import FileFault, text_of
from formats.resident_ids import mask_resident_ids
from formats.spreadsheet import neutralised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from adapters.client import GatewayClient
    from console.words import Words

MOST_ROWS: Final = 20_000
MOST_FAULTS: Final = 20
"""Shown; how many there are besides is not said, only that there are."""
AT_ONCE: Final = 200
"""Rows of one call: as many as are judged well within the deadline of an ordinary one."""
_FIELD: Final = re.compile(r"rows\[(\d{1,3})\]\.(\w+)")
_COLUMNS: Final[Mapping[str, str]] = {
    "row_id": "row",
    "case_ref": "case",
    "uscc": "uscc",
    "awarded_at": "awarded",
    "awarded_on": "awarded",
    "area": "area",
    "agency": "agency",
}
"""The column that a field of the wire came from."""
HEADER: Final = (
    "row",
    "case",
    "uscc",
    "awarded",
    "area",
    "agency",
    "reason",
    "why",
    "nearest",
    "verdict",
    "answered_at",
)


@dataclass(frozen=True, slots=True)
class StandOut:
    """What stands out of a list, or of what was reported, as a session keeps it."""

    awards: tuple[pb.UncoveredAward, ...]
    looked_at: int


class ListRefusedError(Exception):
    """A list is not looked at.

    Attributes:
        faults: Why, the first of them.
        more: There are more.
    """

    def __init__(self, faults: Sequence[AwardFault]) -> None:
        super().__init__("; ".join(map(str, faults[:MOST_FAULTS])))
        self.faults = tuple(faults[:MOST_FAULTS])
        self.more = len(faults) > MOST_FAULTS


def read_list(raw: bytes) -> list[ListedAward]:
    """Return the awards of a file, all of them or none.

    Raises:
        ListRefusedError: It is no such list, has no award or too many, or some cannot be used, which are named.
    """
    try:
        text = text_of(raw, "auto")
    except FileFault as error:
        raise ListRefusedError([AwardFault(0, "", error.en, error.zh)]) from error
    awards: list[ListedAward] = []
    faults: list[AwardFault] = []
    for each in read_awards(text, {name.lower() for name in AREAS}):
        if isinstance(each, AwardFault):
            faults.append(each)
        else:
            awards.append(each)
        if len(faults) > MOST_FAULTS:
            break
        if len(awards) > MOST_ROWS:
            faults.append(AwardFault(0, "", f"takes at most {MOST_ROWS} awards", f"最多 {MOST_ROWS} 行"))
            break
    if not awards and not faults:
        faults.append(AwardFault(0, "", "there is no award in it", "没有数据行"))
    if faults:
        raise ListRefusedError(faults)
    return awards


def look(client: GatewayClient, officer: str, awards: Sequence[ListedAward]) -> StandOut:
    """Return which of some awards stand out.

    Raises:
        ListRefusedError: The gateway does not take a value; its line and column are named.
        GatewayError: There was no answer.
    """
    found: list[pb.UncoveredAward] = []
    for first in range(0, len(awards), AT_ONCE):
        part = awards[first : first + AT_ONCE]
        request = pb.ListUncoveredAwardsRequest(officer=officer, rows=[_row(each) for each in part])
        try:
            found += client.audit("ListUncoveredAwards", request, pb.ListUncoveredAwardsResponse).awards
        except GatewayError as error:
            named = _FIELD.fullmatch(error.metadata.get("field", ""))
            if named is None or int(named[1]) >= len(part):
                raise
            column = _COLUMNS.get(named[2], named[2])
            en = mask_resident_ids(error.message)
            raise ListRefusedError([AwardFault(part[int(named[1])].line, column, en, f"网关不接受：{en}")]) from error
    return StandOut(tuple(found), len(awards))


def as_csv(found: StandOut, reason: Callable[[int], str], words: Words) -> bytes:
    """Return what stands out as CSV in UTF-8 with a byte order mark: no cell of it runs in a spreadsheet.

    Its first columns are those of a list, so that it can be looked at again.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows([neutralised(cell) for cell in _cells(each, reason, words)] for each in found.awards)
    return file.getvalue().encode("utf-8-sig")


def _cells(award: pb.UncoveredAward, reason: Callable[[int], str], words: Words) -> Iterable[str]:
    names = {number: name.lower() for name, number in AREAS.items()}
    why = pb.UncoveredReason.DESCRIPTOR.values_by_number.get(award.reason)
    near = award.nearest
    at = f"[{near.item}]" if near.HasField("item") else ""
    nearest = (f"{near.writer}/{near.number}{at}", words.of("verdicts", near.verdict), words.stamp(near.answered_at))
    return (
        award.row_id or award.outcome_id,
        award.case_ref,
        award.uscc,
        award.awarded_on,
        names.get(award.area, str(award.area)),
        award.agency,
        why.name.removeprefix("UNCOVERED_REASON_") if why is not None else str(award.reason),
        reason(award.reason),
        *(nearest if award.HasField("nearest") else ("", "", "")),
    )


def _row(award: ListedAward) -> pb.AwardRow:
    row = pb.AwardRow(row_id=award.row, case_ref=award.case, uscc=award.uscc, agency=award.agency)
    row.area = AREAS[award.area.upper()]
    if isinstance(award.awarded, datetime):
        row.awarded_at.FromDatetime(award.awarded)
    else:
        row.awarded_on = award.awarded.isoformat()
    return row
