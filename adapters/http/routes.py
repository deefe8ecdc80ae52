"""The resources of the side-car: one entry each, from which requests are routed and the OpenAPI document is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from adapters.http.checks import Checks
from adapters.http.lookups import Lookups
from adapters.http.writes import Writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.http.exchange import Request, Response
    from adapters.http.sidecar import Sidecar
    from adapters.http.validation import Schema


class Keyed(Enum):
    """What an idempotency key is at a resource."""

    REQUIRED = "required"
    """A write: it needs one."""
    REFUSED = "refused"
    """A check: it takes none, because a repeated check is a new question."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one resource.

    Attributes:
        method: ``GET`` or ``POST``.
        path: Path, with ``{number}`` for a number that the journal gave.
        zh: What it does, in Chinese.
        en: The same in English.
        run: Answers a request; runs in a thread and may wait.
        status: HTTP status of its answer.
        answer: Component that describes the answer; empty: any JSON object.
        body: Component that describes the body; empty: none is taken.
        query: Parameters of the query, with their schemas.
        required: Those that must be there.
        keyed: What an idempotency key is here.
        refuses: Statuses of its problems beside those that every resource has.
    """

    method: str
    path: str
    zh: str
    en: str
    run: Callable[[Request], Response]
    status: int
    answer: str
    body: str = ""
    query: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    keyed: Keyed = Keyed.REFUSED
    refuses: tuple[int, ...] = ()


_ASKING = (403, 404, 409, 429, 502, 503)
_LOOKING = (503,)


def routes(sidecar: Sidecar) -> tuple[Route, ...]:
    """Return every resource of a side-car but its own description; OCDS where there are tenders: in bidding."""
    checks, writes, lookups = Checks(sidecar), Writes(sidecar), Lookups(sidecar)
    officer: Schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "经办人 Officer who asks for it",
    }
    since: Schema = {"type": "string", "format": "date-time", "description": "不早于 Ended at this instant or later"}
    day: Schema = {"type": "string", "format": "date", "description": "北京时间的日期 Civil date, Asia/Shanghai"}
    found = (
        Route(
            "POST", "/v1/checks", "就一名申请人发问", "Ask about one applicant",
            checks.check, 200, "CheckAnswer", "CheckRequest", refuses=_ASKING,
        ),
        Route(
            "POST", "/v1/check-batches",
            "就同一项目的多名申请人一次发问", "Ask about many applicants of one case at once",
            checks.batch, 200, "BatchAnswer", "BatchRequest", refuses=_ASKING,
        ),
        Route(
            "GET", "/v1/checks/{number}", "台账中的一次查询", "A question as the journal has it",
            checks.recorded, 200, "CheckRecord", refuses=(404, *_LOOKING),
        ),
        Route(
            "POST", "/v1/checks/{number}/fulfilment", "记录条件已满足", "Record that the conditions were met",
            writes.fulfil, 201, "Fulfilment", "FulfilmentRequest", keyed=Keyed.REQUIRED, refuses=(404, 409, 503),
        ),
        Route(
            "POST", "/v1/grants", "最终决定之关口：重新查询", "The gate of a final act: asks anew",
            writes.grant, 201, "Grant", "GrantRequest", keyed=Keyed.REQUIRED, refuses=_ASKING,
        ),
        Route(
            "POST", "/v1/outcomes", "报告处理结果", "Report what was done",
            writes.outcome, 201, "Outcome", "OutcomeRequest", keyed=Keyed.REQUIRED, refuses=_ASKING,
        ),
        Route(
            "GET", "/v1/receipts/{number}", "某次答复的回执", "The receipt of an answer",
            lookups.receipt, 200, "", query={"officer": officer}, required=("officer",), refuses=_ASKING,
        ),
        Route(
            "GET", "/v1/endings", "已收到的限制终止", "Endings received",
            lookups.endings, 200, "Endings", query={"since": since}, refuses=_LOOKING,
        ),
        Route(
            "GET", "/v1/observed", "观察模式：当日本应拦下的", "Observe mode: what would have been stopped on a day",
            lookups.observed, 200, "ObservedDay", query={"date": day}, refuses=_LOOKING,
        ),
        Route(
            "GET", "/v1/health", "此刻能否查询", "Whether a check is possible",
            lookups.health, 200, "Health", refuses=_LOOKING,
        ),
        Route(
            "POST", "/v1/ocds/releases", "标注 OCDS 1.1 文件", "Annotate an OCDS 1.1 release or package",
            checks.ocds, 200, "", "OcdsRequest", refuses=_ASKING,
        ),
    )  # fmt: skip
    return tuple(route for route in found if "/ocds/" not in route.path or sidecar.area.name == "bidding")
