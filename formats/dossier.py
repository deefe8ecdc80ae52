"""A dossier: its files, of what kind each is, and how long what is sealed is. ``formats.manifest`` writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

CHUNK_BYTES: Final = 1 << 20
"""Of content in one sealed chunk."""
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
FILE_LIMIT: Final = 4 << 30
"""Bytes of the content of one file."""
ITEM_LIMIT: Final = 500
"""Files of one manifest."""

ID_FORM: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
"""Of the ids of cases and of files. Names of files are made of them: none has a separator, or begins with a dot."""
ID_RULE: Final = "must be 1 to 64 letters, digits, '.', '_' and '-', and begin with no '.'"
"""The same in words."""


class EvidenceKind(StrEnum):
    """What a file is as evidence (T-53, CPL art. 50)."""

    PHYSICAL = "PHYSICAL"
    """物证: a picture or record of it."""
    DOCUMENTARY = "DOCUMENTARY"
    """书证"""
    AUDIOVISUAL = "AUDIOVISUAL"
    """视听资料"""
    ELECTRONIC = "ELECTRONIC"
    """电子数据"""
    INSPECTION = "INSPECTION"
    """勘验、检查笔录"""
    EXPERT = "EXPERT"
    """鉴定意见、检验报告"""
    INTERVIEW = "INTERVIEW"
    """询问笔录: the police take it anew, as it is not in the list of CPL art. 54."""
    NONE = "NONE"
    """No evidence: a letter, a list, the facts of the case."""


class Material(StrEnum):
    """Which of the materials of a referral a file is (T-50, T-51)."""

    CASE_DATA = "CASE_DATA"
    """The facts of the case and the titles of all files, as canonical JSON."""
    REFERRAL_LETTER = "REFERRAL_LETTER"
    """移送书"""
    INVESTIGATION_REPORT = "INVESTIGATION_REPORT"
    """情况调查报告"""
    ITEM_LIST = "ITEM_LIST"
    """涉案物品清单"""
    EXPERT_REPORT = "EXPERT_REPORT"
    """检验报告或者鉴定结论"""
    APPROVAL_FORM = "APPROVAL_FORM"
    """移送审批表"""
    ORDER = "ORDER"
    """限期整改指令书、行政处理决定书"""
    ORDER_DELIVERY = "ORDER_DELIVERY"
    """送达证明"""
    WORKER_INTERVIEWS = "WORKER_INTERVIEWS"
    """劳动者询问笔录"""
    DEBTOR_DATA = "DEBTOR_DATA"
    """用人单位基本情况"""
    PENALTY_DECISION = "PENALTY_DECISION"
    """行政处罚决定书"""
    PAYMENT_PROOF = "PAYMENT_PROOF"
    """支付凭证"""
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class DossierItem:
    """One file. Sizes in bytes, hashes SHA-256 in hexadecimal, the day a civil day in UTC+8."""

    item_id: str
    material: Material
    evidence: EvidenceKind
    media_type: str
    collected_by: str
    """Officer, as the agency names its officers."""
    collected_on: date
    content_bytes: int
    content_sha256: str
    sealed_bytes: int
    sealed_sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One sending of a referral: the first one, or a supplement."""

    referral_id: str
    part: int
    """1 for the first sending; each supplement is one more."""
    previous_sha256: str
    """SHA-256 of the manifest of the part before, hexadecimal; empty for the first."""
    agency: str
    """Id of the referring agency."""
    made_at: datetime
    items: tuple[DossierItem, ...]
    """In order of their ids, each once in all parts together."""


def sealed_bytes(content_bytes: int) -> int:
    """Return how long the ciphertext of that much content is: a tag for each chunk, of which an empty file has one."""
    return content_bytes + TAG_BYTES * max(1, -(-content_bytes // CHUNK_BYTES))
