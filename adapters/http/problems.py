"""Errors on the wire of the side-car: ``application/problem+json`` (RFC 9457), from one table.

The ``type`` of a problem is the reason as a URN: that of the gateway, of the engine, or of the side-car itself.
Programs go by it; the texts are for people. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.errors import GatewayError, NotClearedError, QuestionRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

URN: Final = "urn:joint-sanctions-gateway:problem:"
"""What stands before the reason in ``type``."""
UNKNOWN: Final = "UNEXPECTED"
"""Reason in whose words one is told that is not in the table: a newer gateway may have more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one reason is over HTTP.

    Attributes:
        status: HTTP status.
        zh: What it means, in Chinese.
        en: The same in English.
    """

    status: int
    zh: str
    en: str


TABLE: Final[Mapping[str, Kind]] = {
    # What the gateway says: jointsanctions.v1.ErrorReason, and its silence.
    "MALFORMED_REQUEST": Kind(422, "字段缺失或不合规", "A field is missing or malformed"),
    "CALLER_UNKNOWN": Kind(403, "网关不认识本边车的证书", "The gateway does not know this side-car's certificate"),
    "CERTIFICATE_REJECTED": Kind(502, "网关拒绝本边车的证书", "The gateway rejects this side-car's certificate"),
    "ROLE_NOT_PERMITTED": Kind(403, "本机构的角色不得调用", "The agency's role may not do this"),
    "AREA_NOT_IN_MANDATE": Kind(403, "授权不含该领域或环节", "The mandate does not cover this area or decision point"),
    "FIELD_NOT_IN_MANDATE": Kind(403, "授权不含该字段", "The mandate does not cover this field"),
    "AUTHORIZATION_MISSING": Kind(403, "缺少案号或授权", "A case number or an authorisation is missing"),
    "ENTERPRISE_NOT_FOUND": Kind(404, "没有该企业的记录", "There is no record of the enterprise"),
    "STATE": Kind(409, "当前状态不允许", "The state does not allow this"),
    "REQUEST_ID_REUSED": Kind(409, "同一请求号内容不同", "The request id was used for other content"),
    "QUOTA_EXCEEDED": Kind(429, "请求过多，请稍后再试", "Too many calls; come back later"),
    "AUDIT_UNAVAILABLE": Kind(503, "网关无法留痕，未作答复", "The gateway cannot record, so nothing was answered"),
    "STORE_UNAVAILABLE": Kind(503, "网关存储不可用，未作答复", "The gateway's store is unavailable; no answer"),
    "METHOD_UNKNOWN": Kind(502, "网关没有该方法", "The gateway has no such method"),
    "UNEXPECTED": Kind(502, "网关故障", "A fault of the gateway"),
    "SUBMISSION_INCOMPLETE": Kind(502, "报送未完成", "A submission is incomplete"),
    "STAGING_REQUIRED": Kind(502, "须先暂存后核准", "Records are staged first"),
    "DIFFERENCE_CHANGED": Kind(502, "差异已变", "The difference has changed"),
    "SECOND_PERSON_REQUIRED": Kind(403, "须由另一人同意", "Another person has to agree"),
    "DEADLINE_PASSED": Kind(503, "超过时限，未得答复", "Time ran out; no answer"),
    "MANDATE_NOT_IN_FORCE": Kind(403, "授权此刻不生效", "The mandate is not in force"),
    "PURPOSE_NOT_IN_MANDATE": Kind(403, "用途不在授权内", "The mandate does not cover this purpose"),
    "TERRITORY_NOT_IN_MANDATE": Kind(403, "地域不在授权内", "The mandate does not cover this territory"),
    "OFFICER_ASSERTION_REJECTED": Kind(403, "经办人签名未被接受", "Nothing acceptable speaks for the officer"),
    "NO_ANSWER": Kind(503, "未得答复，不得视为可以", "No answer was given; that is not a yes"),
    # What the engine says: a gate is closed, a condition open, an answer not to be relied upon.
    "RESTRICTED": Kind(409, "受限制，不得批准", "Restricted: it must not be approved"),
    "UNVERIFIABLE": Kind(409, "无法核实：等待或走人工渠道", "Unverifiable: wait, or use the manual channel"),
    "CONDITION_NOT_MET": Kind(409, "条件未满足", "The conditions are not all met"),
    "EXPIRED": Kind(409, "答复已失效，请重新查询", "The answer holds no longer; ask again"),
    "NOT_PRESENT": Kind(502, "答复不是关于此刻", "The answer is not about the present"),
    "OTHER_PARTY": Kind(502, "答复是关于其他主体", "The answer is about other parties"),
    "NOT_RECORDED": Kind(502, "答复未留痕", "The answer has no place in the record"),
    "BEYOND_BOUND": Kind(502, "答复超出法律允许的强度", "The answer is stronger than the law allows here"),
    "UNCONFIRMED": Kind(502, "限制了未经经办人确认的人", "A restriction of a person whom no officer confirmed"),
    "INCOHERENT": Kind(502, "答复自相矛盾", "The answer contradicts itself"),
    "JOURNAL_UNAVAILABLE": Kind(503, "本地台账不可用，未作任何事", "The journal is unavailable; nothing was done"),
    "NOT_A_CLEARANCE": Kind(409, "没有放行", "There is no clearance"),
    "OTHER_POINT": Kind(409, "放行属于其他环节", "The clearance is for another decision point"),
    "OTHER_CASE": Kind(409, "属于其他项目或环节", "It is for another case or decision point"),
    "OTHER_PARTIES": Kind(409, "属于其他主体", "It is for other parties"),
    "NOT_IN_JOURNAL": Kind(409, "台账没有此项", "The journal does not show it"),
    "MEMBERS_CHANGED": Kind(409, "联合体成员已变，投标无效", "The members have changed: the bid is void"),
    "PARTY_IN_TWO_BIDS": Kind(409, "同一主体参与两份投标", "A party stands in two bids"),
    "NO_EARLIER_ANSWER": Kind(409, "此前环节没有答复", "There is no earlier answer"),
    "EARLIER_NOT_CLEARED": Kind(409, "此前答复未放行", "The earlier answer did not clear them"),
    "EARLIER_TOO_OLD": Kind(409, "此前答复过旧", "The earlier answer is too old"),
    "PROOF_PENDING": Kind(503, "回执尚未形成，请稍后再试", "The receipt is not there yet; come again"),
    "NO_RECEIPT": Kind(502, "放行没有本次答复的回执", "It was cleared without a receipt of this answer"),
    "OBSERVED_ONLY": Kind(409, "仅为观察模式下的结果", "It was only observed"),
    # What the side-car says.
    "NOT_JSON": Kind(400, "内容不是规范的 JSON", "The body is no well-formed JSON"),
    "MALFORMED_HTTP": Kind(400, "HTTP 请求不合规", "The HTTP request is malformed"),
    "IDEMPOTENCY_KEY_MISSING": Kind(400, "写操作须带 Idempotency-Key", "A write needs an Idempotency-Key"),
    "IDEMPOTENCY_KEY_MALFORMED": Kind(400, "Idempotency-Key 不合规", "The Idempotency-Key is malformed"),
    "IDEMPOTENCY_KEY_NOT_HERE": Kind(
        400, "查询不得带 Idempotency-Key：每次都是新问题", "A check takes no Idempotency-Key: each is a new question"
    ),
    "IDEMPOTENCY_KEY_REUSED": Kind(409, "该 Idempotency-Key 已用于其他内容", "The key was used for other content"),
    "IDEMPOTENCY_KEY_IN_USE": Kind(409, "同一 Idempotency-Key 的请求正在进行", "A request with this key is under way"),
    "NOT_CONDITIONAL": Kind(409, "该答复没有待满足的条件", "This answer has no conditions to be met"),
    "NO_VERDICT": Kind(409, "该问题没有答复", "This question has no answer"),
    "NOT_FOUND": Kind(404, "没有此资源", "There is no such resource"),
    "METHOD_NOT_ALLOWED": Kind(405, "该资源不支持此方法", "The resource does not take this method"),
    "REQUEST_TIMEOUT": Kind(408, "请求内容迟迟未到", "The body did not arrive in time"),
    "TOO_LARGE": Kind(413, "内容过大", "The body is too large"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "内容须为 application/json", "The body must be application/json"),
    "WRONG_HOST": Kind(421, "Host 不是本边车的", "The Host is none of this side-car's"),
    "NOT_READY": Kind(503, "此刻不能查询", "No check is possible now"),
    "INTERNAL": Kind(500, "边车故障", "A fault of the side-car"),
}
"""Every reason that can be told, by its name."""


REVOKED: Final = (
    "本边车的证书已被吊销，不能恢复：请换发证书；不是本单位要求吊销的，立即告知网关运行机关。"
    "This side-car's certificate has been revoked, for good: have another issued, and if it was not you who had it "
    "revoked, tell the gateway's operator at once."
)


class Problem(Exception):  # noqa: N818 - the RFC's word
    """What is told instead of an answer.

    Attributes:
        reason: A name of ``TABLE``.
        detail: More of it, for people; empty: nothing more.
        field: Field at fault as the request names it; empty where none is.
        members: Further members of the problem, such as the recorded answer behind it.
        headers: Further headers.
    """

    def __init__(
        self, reason: str, detail: str = "", field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{reason} {detail}")
        self.reason = reason if reason in TABLE else UNKNOWN
        self.detail = detail if reason in TABLE else f"{reason}: {detail}"
        self.field = field
        self.members: Mapping[str, Any] = {}
        self.headers: Mapping[str, str] = headers or {}

    @property
    def kind(self) -> Kind:
        """What it is over HTTP."""
        return TABLE[self.reason]

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.kind.status

    def body(self) -> dict[str, Any]:
        """Return the problem as JSON values."""
        kind = self.kind
        said: dict[str, Any] = {
            "type": URN + self.reason,
            "title": f"{kind.zh} {kind.en}",
            "status": kind.status,
            "detail": f"{kind.zh}。{kind.en}." + (f" {self.detail}" if self.detail else ""),
            "texts": {"zh": kind.zh, "en": kind.en},
            "reason": self.reason,
        }
        if self.field:
            said["field"] = self.field
        return said | dict(self.members)


def problem_of(error: NotClearedError | GatewayError) -> Problem:
    """Return the problem that an error of the engine or of one call is."""
    if isinstance(error, GatewayError):
        return _of_gateway(error)
    field_at_fault = error.field if isinstance(error, QuestionRefusedError) else ""
    return Problem(error.reason, _said(error.reason, str(error)), wire_name(field_at_fault))


def wire_name(path: str) -> str:
    """Return a field's path as JSON has it: ``case_facts.bidding.form`` becomes ``caseFacts.bidding.form``."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), path)


def _said(reason: str, message: str) -> str:
    """Return what is said beside the reason: a revoked certificate is not mended by asking again."""
    if reason == "CERTIFICATE_REJECTED" and message.endswith("revoked"):
        return f"{message}。{REVOKED}"
    return message


def _of_gateway(error: GatewayError) -> Problem:
    wait = error.retry_after_seconds
    headers = {} if wait is None else {"retry-after": str(max(1, round(wait + 0.5)))}
    said = _said(error.reason, error.message)
    return Problem(error.reason, said, wire_name(error.metadata.get("field", "")), headers=headers)
