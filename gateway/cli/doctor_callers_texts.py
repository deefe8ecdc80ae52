"""The doctor's words about callers' certificates: what is wrong, how that is known, what to do."""

from __future__ import annotations

from typing import Final

from gateway.cli.doctor_advice import NTP, RENEW, Advice
from gateway.domain.policy import LocalizedText as Both

_JUDGED: Final = Both("按网关的规则检查了证书文件", "the certificate's file was judged as the gateway judges it")

ROWS: Final[tuple[tuple[str, str, Advice], ...]] = (
    (
        "caller",
        "mandate",
        Advice(
            "授权尚未生效或已到期",
            Both("授权的起止时间与本机时间比较", "the times of its mandate were compared with this machine's clock"),
            Both("办理新的授权", "have a mandate given anew"),
        ),
    ),
    ("caller", "expired", Advice("证书已到期", _JUDGED, RENEW)),
    ("caller", "not yet valid", Advice("证书尚未生效", _JUDGED, NTP)),
    (
        "caller",
        "no URI name",
        Advice(
            "证书没有 URI 名称（SAN）",
            _JUDGED,
            Both("按 spiffe://…/agency/… 重新签发", "issue it anew with spiffe://…/agency/… : jsg pki issue"),
        ),
    ),
    (
        "caller",
        "no chain",
        Advice(
            "不是本网关信任的机构签发",
            _JUDGED,
            Both("由受信任的机构重新签发", "have it issued by an authority that ca-bundle.pem holds"),
        ),
    ),
    (
        "caller",
        "revocation list",
        Advice("吊销列表不可用", _JUDGED, Both("先修复吊销列表", "mend the list of revocations first")),
    ),
    (
        "caller",
        "revoked",
        Advice(
            "证书已吊销",
            Both("序列号在吊销列表中", "its serial number is on the list"),
            Both("查明吊销原因后重新签发", "find out why, then issue a new one with a new key"),
        ),
    ),
    (
        "caller",
        "names no caller",
        Advice(
            "证书有效，但没有对应的授权",
            Both("证书名称不在授权名单中", "its name is in no mandate"),
            Both("核对证书名称，或办理授权", "compare the name, or have a mandate given"),
        ),
    ),
    (
        "caller",
        "",
        Advice(
            "证书不可用", _JUDGED, Both("核对证书文件及其名称", "look at the certificate's file and the name in it")
        ),
    ),
)
