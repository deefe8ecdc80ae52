"""What the stream of changes would tell the platform's connector, built by hand; nothing here asserts. All invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import changes_pb2, listing_pb2, record_pb2, shown_repair_pb2, withdrawal_pb2

from adapters.platform.handing import prepare
from adapters.platform.layouts import read
from adapters.platform.ledger import Ledger
from adapters.platform.settings import Report, Settings
from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from pathlib import Path

CODE = "91420300MA10004470"
OTHER = "91420399MA00K2UM2D"
AUTHORITY = "示例市人力资源和社会保障局"
LISTING = Report(
    "listing", ("wage_list",), {"名单项目名称": "失信联合惩戒对象名单", "列入依据": "45号令"}, {"REFUSED": "逾期未支付"}
)
PENALTY = Report("penalty", ("labour_inspection",))
PUBLICATION = Report("publication", ("publications",))
LICENCE = Report("licence", ("licences",), retention_months=120)
ADDED, REPLACED, ENDED = (
    changes_pb2.CHANGE_KIND_ADDED,
    changes_pb2.CHANGE_KIND_REPLACED,
    changes_pb2.CHANGE_KIND_ENDED,
)


def at(text: str) -> datetime:
    """Return an instant from a local day or moment, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def settings(folder: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "officer": "connector",
        "folder": folder,
        "batch_rows": 100,
        "receipt_hours": 24,
        "report_days": 3,
        "removal_days": 10,
        "own_authorities": frozenset({AUTHORITY}),
        "lists_feed": "platform_lists",
        "reports": {each.kind: each for each in (LISTING, PENALTY, PUBLICATION, LICENCE)},
    }
    return Settings(**(values | changes))


class Stream:
    """Revisions in a row, applied to a ledger."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.settings = settings(folder, **changes)
        prepare(folder)
        self.ledger = Ledger(folder / "connector.sqlite", self.settings)
        self.revision = 0

    def tell(self, *changes: changes_pb2.Change, feed: str, on: str = "2026-03-02") -> None:
        self.revision += 1
        self.ledger.apply([change_set(self.revision, changes, feed, on)])

    def rows(self, number: int) -> list[dict[str, str]]:
        """Return the rows of a batch as its file has them."""
        (path,) = (self.settings.folder / "out").glob(f"{number:09d}.*.csv")
        return read(path.read_bytes())[1]

    def receipt(self, number: int, **said: Any) -> None:
        sha = self.ledger.connection.execute("SELECT sha256 FROM batch WHERE number = ?", (number,)).fetchone()[0]
        content = {"batch": number, "sha256": sha, "status": "ACCEPTED", **said}
        path = self.settings.folder / "receipts" / f"{number:09d}.receipt.json"
        path.write_text(json.dumps(content), encoding="utf-8")


def change_set(revision: int, changes: Any, feed: str, on: str = "2026-03-02") -> changes_pb2.ChangeSet:
    shown = changes_pb2.ChangeSet(revision=revision, feed=feed, changes=changes, part=1, last_part=True)
    shown.committed_at.FromDatetime(at(f"{on}T12:00"))
    return shown


def named(name: str = "示例和禾建筑有限公司", uscc: str = CODE, valid_from: str = "2020-01-01") -> changes_pb2.Change:
    profile = record_pb2.EnterpriseProfile(name=name, valid_from=valid_from)
    record = record_pb2.Record(uscc=uscc, enterprise=profile)
    return changes_pb2.Change(
        kind="enterprise", record_id=f"e-{uscc}-{valid_from}", what=ADDED, uscc=uscc, record=record
    )


def act(kind: str, on: str, document: str = "", listing_id: str = "L", uscc: str = CODE) -> changes_pb2.Change:
    number = listing_pb2.ListingActKind.Value(f"LISTING_ACT_KIND_{kind}")
    sent = record_pb2.ListingAct(
        listing_id=listing_id, act=number, on=on, reason="REFUSED" if kind == "DECISION" else ""
    )
    document = document or f"{kind}〔1〕号"
    return changes_pb2.Change(
        kind="listing_act",
        record_id=f"{listing_id}-{kind}-{on}-{document}",
        what=ADDED,
        uscc=uscc,
        listing_id=listing_id,
        authority=AUTHORITY,
        document_number=document,
        record=record_pb2.Record(uscc=uscc, authority=AUTHORITY, document_number=document, listing_act=sent),
    )


def listed(listing_id: str = "L", on: str = "2026-03-02", uscc: str = CODE) -> list[changes_pb2.Change]:
    return [
        act("DECISION", on, f"列〔{listing_id}〕号", listing_id, uscc),
        act("DELIVERY", on, f"送〔{listing_id}〕号", listing_id, uscc),
    ]


def fact(
    kind: str, record_id: str = "P", document: str = "罚〔1〕号", uscc: str = CODE, **said: Any
) -> changes_pb2.Change:
    values: dict[str, dict[str, Any]] = {
        "penalty": {"decided_on": "2026-03-02", "penalty_class": "罚款", "fine_fen": 1_234_567},
        "publication": {"published_on": "2026-03-02", "display_until": "2026-09-02", "for_wages": True},
        "licence": {"decided_on": "2026-03-02", "valid_from": "2026-03-02", "document_name": "许可", "state": "VALID"},
    }
    types = {
        "penalty": record_pb2.AdministrativePenalty,
        "publication": record_pb2.MajorViolationPublication,
        "licence": record_pb2.Licence,
    }
    record = record_pb2.Record(uscc=uscc, authority=AUTHORITY, document_number=document)
    getattr(record, kind).CopyFrom(types[kind](**(values[kind] | said)))
    return changes_pb2.Change(
        kind=kind,
        record_id=record_id,
        what=ADDED,
        uscc=uscc,
        authority=AUTHORITY,
        document_number=document,
        record=record,
    )


def withdrawn(target: str = "P", on: str = "2026-04-01", until: str = "") -> changes_pb2.Change:
    said = withdrawal_pb2.Withdrawal(record_id=target, decided_on=on, holds_until=until)
    return changes_pb2.Change(
        kind="withdrawal", record_id=f"withdrawal-{target}", what=ADDED, uscc=CODE, withdrawal=said
    )


def shown(target: str = "P", on: str = "2026-04-01", rejected_on: str = "") -> changes_pb2.Change:
    said = shown_repair_pb2.ShownRepair(record_id=target, shown_on=on, rejected_on=rejected_on)
    return changes_pb2.Change(
        kind="shown_repair", record_id=f"shown-{target}", what=ADDED, uscc=CODE, shown_repair=said
    )
