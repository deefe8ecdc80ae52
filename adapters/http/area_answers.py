"""The schemas of what some areas give and others do not: bounds of security, conveniences, wages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.descriptor import FieldDescriptor

from adapters.http.area import Beside
from adapters.http.schema_words import SCALARS, closed, instant, ref

if TYPE_CHECKING:
    from adapters.http.validation import Schema

_FLAG: Final[Schema] = {"type": "boolean"}
_TEXT: Final[Schema] = {"type": "string"}
_MODE: Final[Schema] = {"type": "string", "enum": ["observe", "enforce"], "description": "模式 Mode"}
_FEN: Final = SCALARS[FieldDescriptor.TYPE_INT64]
BESIDE: Final[dict[Beside | None, dict[str, Schema]]] = {
    Beside.SECURITY: {
        "security": {
            **closed(("leastFen",), leastFen=_FEN, mostFen=_FEN),
            "description": "可设担保的上下限（分） Between which amounts security may be set, in fen; no most: no cap",
        }
    },
    Beside.CONVENIENCE: {
        "mayHaveConvenience": {
            **_FLAG,
            "description": "受理时：可否给予便利 At the acceptance: whether a convenience may be granted",
        }
    },
}


def wage_schemas() -> dict[str, Schema]:
    """Return the components of answers about wages."""
    asked = instant("发问时刻", "When it was asked")
    one = closed(
        ("number", "askedAt", "caseRef", "part", "enterprise"),
        number={"type": "integer", "minimum": 1},
        askedAt=asked,
        caseRef=_TEXT,
        part=_TEXT,
        enterprise=_TEXT,
    )
    pending = {**ref("Problem"), "description": "为何尚待查询 Why the check is still open; nothing waits for it"}
    return {
        "WagesGoOn": closed(
            ("mayProceed", "mode"),
            mayProceed={**_FLAG, "description": "恒为 true Always true"},
            mode=_MODE,
            answer=ref("Answer"),
            pending=pending,
        ),
        "OpenWages": closed(("open", "more"), open={"type": "array", "items": one}, more=_FLAG),
    }
