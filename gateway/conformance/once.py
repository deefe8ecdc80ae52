"""The promises about writes: what is asked for twice is done once, and told the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import outcome_pb2

from formats.civil import civil_date
from gateway.conformance.promises import Promise, Result, Seen, Vector, seen
from gateway.conformance.sayings import Saying
from gateway.conformance.stage import OFFICER

if TYPE_CHECKING:
    from gateway.conformance.asking import Reply
    from gateway.conformance.stage import Stage

AT_ONCE: Final = 8
_CONFLICT: Final = 409
_OUTCOME: Final = "OUTCOME_KIND_WITHDRAWN_BY_APPLICANT"


def replayed(stage: Stage, _promise: Promise) -> list[Seen]:
    """The same key with the same body brings the same grant, and asks the gateway nothing."""
    body, code = _granting(stage)
    key = stage.key()
    first = stage.grant(body, key)
    asked = len(stage.script.asked(code, stage.area.act))
    again = stage.grant(body, key)
    further = len(stage.script.asked(code, stage.area.act)) - asked
    return [
        seen("granted", first.fine, first.told()),
        seen("the same grant", again.fine and _grant_of(again) == _grant_of(first), again.told()),
        seen("nothing new asked", not further, f"{further} further questions reached the gateway"),
    ]


def reused(stage: Stage, _promise: Promise) -> list[Seen]:
    """The same key with another body is a conflict: nothing is asked and nothing granted."""
    body, _ = _granting(stage)
    other, code = _granting(stage)
    key = stage.key()
    first = stage.grant(body, key)
    conflict = stage.grant(other, key)
    asked = len(stage.script.asked(code, stage.area.act))
    return [
        seen("granted", first.fine, first.told()),
        seen("conflict", conflict.status == _CONFLICT, conflict.told()),
        seen("nothing asked", not asked, f"{asked} questions reached the gateway"),
    ]


def granted_once(stage: Stage, _promise: Promise) -> list[Seen]:
    """Of many concurrent requests under one key comes one grant; who did not wait for it is told of the conflict."""
    body, code = _granting(stage)
    stage.write(code, Saying(delay_ms=100))
    key = stage.key()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = list(pool.map(lambda _: stage.grant(body, key), range(AT_ONCE)))
    grants = {str(_grant_of(each)) for each in replies if each.fine}
    strange = [each for each in replies if not each.fine and each.status != _CONFLICT]
    asked = len(stage.script.asked(code, stage.area.act))
    return [
        seen("one grant", len(grants) == 1, f"{len(grants)} grants under one key"),
        seen("the others", not strange, strange[0].told() if strange else "the same, or told of the conflict"),
        seen("asked once", asked == 1, f"{asked} questions reached the gateway"),
    ]


def reported_once(stage: Stage, _promise: Promise) -> list[Seen]:
    """An outcome that is reported twice under one key reaches the gateway under one id."""
    code = stage.code()
    stage.write(code, Saying())
    number = stage.check(code, stage.case()).body.get("number")
    done = {"check": number, "officer": OFFICER, "outcome": _OUTCOME, "decidedOn": _today()}
    key = stage.key()
    first, again = (stage.asker.post("/v1/outcomes", done, key) for _ in range(2))
    if not first.fine:
        return [seen("reported", kept=False, said=first.told())]
    kind = outcome_pb2.OutcomeKind.Value(_OUTCOME)
    ids = {each.request_id for each in stage.script.reports(code) if each.outcome == kind}
    same = again.fine and again.body.get("outcomeId") == first.body.get("outcomeId")
    return [
        seen("told the same", same, again.told()),
        seen("one id", len(ids) == 1, f"{len(ids)} ids reached the gateway"),
    ]


def keyless(stage: Stage, _promise: Promise) -> list[Seen]:
    """A write without a key could be done twice, so it is not done at all."""
    body, code = _granting(stage)
    reply = stage.asker.post("/v1/grants", body)
    asked = len(stage.script.asked(code, stage.area.act))
    return [
        seen("refused", bool(reply.status) and not reply.fine, reply.told()),
        Seen("nothing asked", Result.KEPT if not asked else Result.FAIL, f"{asked} questions reached the gateway"),
    ]


def _granting(stage: Stage) -> tuple[dict[str, Any], str]:
    """Return a request for a grant that will be given, and whose."""
    code, case = stage.code(), stage.case()
    stage.before(code, case)
    stage.write(code, Saying())
    return stage.grant_body(code, case), code


def _grant_of(reply: Reply) -> tuple[object, ...]:
    """Return what makes a grant the one that it is."""
    body = reply.body
    return body.get("number"), body.get("auditPosition"), body.get("answerDigest"), body.get("grantedAt")


def _today() -> str:
    return civil_date(datetime.now(UTC)).isoformat()


PROMISES: Final = (
    Promise(
        "RP-SAME",
        "同键同内容得到同一许可，不再发问",
        "The same key with the same body brings the same grant and asks nothing new",
        ("A-122", "P6"),
        replayed,
        (Vector("twice"),),
    ),
    Promise(
        "RP-OTHER",
        "同键不同内容是冲突",
        "The same key with another body is a conflict",
        ("A-122",),
        reused,
        (Vector("another case"),),
    ),
    Promise(
        "RP-KEYLESS",
        "写操作没有键就不做",
        "A write without a key is not done",
        ("A-122",),
        keyless,
        (Vector("no key"),),
    ),
    Promise(
        "DU-GRANT",
        "并发的同一请求只产生一个许可",
        "Concurrent requests under one key make one grant",
        ("A-122",),
        granted_once,
        (Vector(f"{AT_ONCE} at once"),),
    ),
    Promise(
        "DU-OUTCOME",
        "同一处理结果只上报一次",
        "An outcome reported twice is one outcome",
        ("A-128",),
        reported_once,
        (Vector("twice"),),
    ),
)
"""In the order in which they are played."""
