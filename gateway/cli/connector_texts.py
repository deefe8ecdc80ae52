"""What ``jsg connector`` prints, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.platform.elsewhere import Outcome
    from adapters.platform.owed import OpenRow, Status
    from adapters.platform.reconciling import Difference
    from adapters.platform.shown import Shown

DIFFERENCES: Final = {
    "COUNT": "条数不一致 counts differ",
    "HASH": "校验值不一致 hashes differ",
    "MISSING": "平台缺少 missing there",
    "EXTRA": "平台多出 extra there",
    "LATE_REMOVAL": "应移出未移出 late removal",
    "DIFFERENT": "内容不一致 differs",
    "TWICE": "平台重复 twice there",
}
REPAIRS: Final = {
    "SUSPENDED": "已停止限制，请人社部门核查 restricts no more, HRSS has to check",
    "SETTLED": "已一致或者已作出决定 settled here",
    "UNKNOWN": "本系统无此记录 not on record here",
    "REFUSED": "未受理 not taken",
}
_LATE: Final = "逾期 LATE "


def show_status(found: Status) -> None:
    """Print what is open."""
    print(f"数据版本 data revision {found.revision}")
    for batch in found.batches:
        late = _LATE if batch.overdue else ""
        print(f"{late}批次 batch {batch.number} ({batch.kind}): {batch.rows} 行无回执 rows without a receipt")
    _rows("平台尚未确认终止 end not acknowledged", found.ends)
    _rows("尚未确认 not acknowledged", found.reports)
    for rejected in found.rejected:
        place = f"批次 batch {rejected.batch} 第 row {rejected.place}"
        print(f"被拒 rejected {place}: {rejected.operation} {_key(rejected.key)}: {rejected.reason}")
    for waiting in found.waiting:
        print(f"无法报送 cannot be sent {waiting.kind} {waiting.record_id} {waiting.uscc}: 缺 lacks {waiting.lacks}")


def _rows(what: str, rows: Iterable[OpenRow]) -> None:
    for row in rows:
        late = _LATE if row.overdue else ""
        age = f"{row.working_days} 个工作日 working days, 截止 due {row.due_on}"
        print(f"{late}{what}: {row.operation}{row.ground} {_key(row.key)}: {age}")


def show_differences(own: Mapping[str, Any], found: Sequence[Difference]) -> None:
    """Print our own counts, and what differs."""
    for kind, said in own["kinds"].items():
        print(f"{kind}: {said['count']} 条 rows, sha256 {said['sha256']}")
    for each in found:
        pending = " (批次未回执 its batch has no receipt yet)" if each.pending else ""
        print(f"{DIFFERENCES[each.what]}: {each.kind} {_key(each.key)} {each.says}{pending}")


def show_outcome(outcome: Outcome) -> None:
    """Print what became of a file of listings."""
    for refused in outcome.refused:
        print(f"第 row {refused.row}: {refused.field}: {refused.why}")
    print(
        f"入库 stored {outcome.stored}, 未变 unchanged {outcome.unchanged}, 待归属 held {outcome.held}, "
        f"本机关 our own {outcome.own}, 拒收 refused {len(outcome.refused)}"
    )


def show_repairs(found: Iterable[Shown]) -> None:
    """Print what became of repairs that the platform shows."""
    for each in found:
        print(f"第 row {each.row}: {_key(each.key)}: {REPAIRS[each.what]} {each.says}")


def _key(key: Iterable[str]) -> str:
    return " ".join(key)
