"""The resources of the side-car: one entry each, from which requests are routed and the OpenAPI document is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from adapters.http.checks import Checks
from adapters.http.lookups import Lookups
from adapters.http.once import Once
from adapters.http.person_requests import PersonRequests
from adapters.http.wage_requests import WageRequests
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
    """Return every resource of a side-car but its own description."""
    area, once = sidecar.area, Once(sidecar)
    found = (*_of_every_area(sidecar, once), *(_about_persons(sidecar, once) if area.persons else ()))
    return (*found, *(_about_wages(sidecar) if area.wages is not None else ()), *(_ocds(sidecar) if area.ocds else ()))


def _of_every_area(sidecar: Sidecar, once: Once) -> tuple[Route, ...]:
    checks, writes, lookups = Checks(sidecar), Writes(sidecar, once), Lookups(sidecar)
    officer: Schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "经办人 Officer who asks for it",
    }
    since: Schema = {"type": "string", "format": "date-time", "description": "不早于 Ended at this instant or later"}
    day: Schema = {"type": "string", "format": "date", "description": "北京时间的日期 Civil date, Asia/Shanghai"}
    return (
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
            lookups.endings, 200, "Endings", query={"since": since}, refuses=(404, *_LOOKING),
        ),
        Route(
            "GET", "/v1/observed", "观察模式：当日本应拦下的", "Observe mode: what would have been stopped on a day",
            lookups.observed, 200, "ObservedDay", query={"date": day}, refuses=_LOOKING,
        ),
        Route(
            "GET", "/v1/health", "此刻能否查询", "Whether a check is possible",
            lookups.health, 200, "Health", refuses=_LOOKING,
        ),
    )  # fmt: skip


def _about_persons(sidecar: Sidecar, once: Once) -> tuple[Route, ...]:
    persons, one = PersonRequests(sidecar, once), "/v1/person-checks/{number}"
    return (
        Route(
            "POST", "/v1/person-checks", "就一名自然人发问", "Ask about one natural person",
            persons.check, 200, "PersonAnswer", "PersonCheckRequest", refuses=_ASKING,
        ),
        Route(
            "POST", f"{one}/confirmation", "经办人确认后再问", "Ask again with the word of an officer who has looked",
            persons.confirm, 200, "PersonAnswer", "ConfirmationRequest", refuses=_ASKING,
        ),
        Route(
            "POST", f"{one}/fulfilment", "记录经办人放行", "Record that an officer lets the person go ahead",
            persons.fulfil, 201, "Fulfilment", "PersonFulfilmentRequest",
            keyed=Keyed.REQUIRED, refuses=(404, 409, 503),
        ),
        Route(
            "POST", "/v1/person-grants", "自然人之关口：重新查询", "The gate about a person: asks anew",
            persons.grant, 201, "Grant", "PersonGrantRequest", keyed=Keyed.REQUIRED, refuses=_ASKING,
        ),
    )  # fmt: skip


def _about_wages(sidecar: Sidecar) -> tuple[Route, ...]:
    wages = WageRequests(sidecar)
    return (
        Route(
            "POST", "/v1/wages", "工资之付：发问而不拦", "Ask where money goes to wages: nothing is stopped",
            wages.go_on, 200, "WagesGoOn", "WageRequest",
        ),
        Route(
            "GET", "/v1/wages", "工资之付尚待查询者", "Wages of which the check is still open",
            wages.open_questions, 200, "OpenWages", refuses=_LOOKING,
        ),
    )  # fmt: skip


def _ocds(sidecar: Sidecar) -> tuple[Route, ...]:
    return (
        Route(
            "POST", "/v1/ocds/releases", "标注 OCDS 1.1 文件", "Annotate an OCDS 1.1 release or package",
            Checks(sidecar).ocds, 200, "", "OcdsRequest", refuses=_ASKING,
        ),
    )  # fmt: skip
