"""Repairs that the platform shows, from its file: each is reported, so that what it names restricts no more (C-02).

The gateway knows what is on record; here nothing is judged. What it ended itself, or was told of under the same
document, it refuses, and that is how the two agree.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import shown_repair_pb2

from adapters.errors import GatewayError
from adapters.platform.layouts import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.client import GatewayClient
    from adapters.platform.settings import Settings

KINDS: Final = {
    "拖欠农民工工资失信联合惩戒名单": "listing",
    "重大劳动保障违法行为社会公布": "publication",
    "行政处罚": "penalty",
}
COLUMNS: Final = ("信息类别", "统一社会信用代码", "文书号", "认定日期", "修复日期", "修复文书号")
SUSPENDED, SETTLED, UNKNOWN, REFUSED = "SUSPENDED", "SETTLED", "UNKNOWN", "REFUSED"
"""What became of a row: it has no effect from now on and HRSS is warned; it had none already, or HRSS has decided on
this document; nothing is on record under this code, day and number; it was not taken."""
REPORTED: Final = {"STATE": SETTLED, "ENTERPRISE_NOT_FOUND": UNKNOWN, "MALFORMED_REQUEST": REFUSED}


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of one row of the file."""

    row: int
    what: str
    key: tuple[str, str, str]
    says: str


def report(client: GatewayClient, settings: Settings, content: bytes) -> list[Shown]:
    """Report every row; the same rows again change nothing.

    Raises:
        ValueError: It is no such file.
        GatewayError: The gateway could not be asked; rows before it were reported.
    """
    header, rows = read(content)
    if header != COLUMNS:
        raise ValueError(f"the header must be {','.join(COLUMNS)}")
    return list(_reported(client, settings, rows))


def _reported(client: GatewayClient, settings: Settings, rows: list[dict[str, str]]) -> Iterator[Shown]:
    for number, row in enumerate(rows, 2):
        key = (row["统一社会信用代码"], row["认定日期"], row["文书号"])
        kind = KINDS.get(row["信息类别"])
        if kind is None:
            yield Shown(number, REFUSED, key, f"信息类别 must be one of {', '.join(KINDS)}")
            continue
        try:
            answer = client.registry(
                "ReportShownRepair", _request(kind, settings, row), shown_repair_pb2.ReportShownRepairResponse
            )
        except GatewayError as error:
            ambiguous = error.metadata.get("state") == "AMBIGUOUS"
            what = REFUSED if ambiguous else REPORTED.get(error.reason)
            if what is None:
                raise
            yield Shown(number, what, key, error.metadata.get("state") or error.message)
        else:
            yield Shown(number, SUSPENDED, key, f"{answer.record_id}, {answer.authority}")


def _request(kind: str, settings: Settings, row: Mapping[str, str]) -> shown_repair_pb2.ReportShownRepairRequest:
    # A new id each time: what is asked is how the record stands now, and the gateway raises nothing twice.
    return shown_repair_pb2.ReportShownRepairRequest(
        request_id=str(uuid.uuid4()),
        kind=kind,
        uscc=row["统一社会信用代码"],
        document_number=row["文书号"],
        decided_on=row["认定日期"],
        shown_on=row["修复日期"],
        repair_document_number=row["修复文书号"],
        officer=settings.officer,
    )
