"""What is added to a line: the verdict in both languages, what it obliges to, its ground, and the proof of asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2

from adapters.told import told_of
from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from adapters.answers import Answer, Position
    from adapters.clearance import Standing
    from adapters.errors import NotClearedError
    from adapters.files.lines import LineFault
    from adapters.rules import PointRules
    from adapters.told import Told

ANSWER_HEADERS: Final = (
    "原文件行号 line",
    "结论",
    "verdict",
    "应当如何办理",
    "what it obliges to",
    "措施及依据",
    "measures and legal basis",
    "原因 because",
    "留痕位置 audit position",
    "有效至 valid until",
    "台账号 journal number",
    "模式 mode",
)
"""Headers of what is added, in order. A file that is read may have them: an answered one can be asked again."""

MOST_MEASURES: Final = 40
"""Measures that one cell tells of; how many more there are is said."""

_VERDICTS: Final = {
    common_pb2.VERDICT_CLEAR: "可以办理",
    common_pb2.VERDICT_CONDITIONAL: "附条件",
    common_pb2.VERDICT_RESTRICTED: "受限",
    common_pb2.VERDICT_UNVERIFIABLE: "无法核实",
}
_OBLIGES: Final = {
    common_pb2.VERDICT_CLEAR: ("可以办理", "go ahead"),
    common_pb2.VERDICT_CONDITIONAL: (
        "满足并记录下列条件后方可办理",
        "go ahead only when these conditions are met and recorded",
    ),
    common_pb2.VERDICT_RESTRICTED: (
        "不得批准：由主管部门作出决定并听取当事人意见",
        "do not approve: the competent body decides and hears the party",
    ),
    common_pb2.VERDICT_UNVERIFIABLE: (
        "等待或转人工渠道，不得视为可以办理",
        "wait, or use the manual channel; never treat as clear",
    ),
}
_WAGES: Final = (
    "工资照付、专户照用，不因本结论停止",
    "wages are paid and the wage account is used whatever this says (X-20)",
)
_GATE: Final = ("作出最终决定时须经关口重新查询", "the final act passes its own gate, which asks anew (A-122)")


def answer_cells(line: int, rules: PointRules, result: Standing | NotClearedError, mode: str) -> tuple[str, ...]:
    """Return the cells for a line that was asked about; none of verdict, obligation and reason is ever missing.

    Args:
        line: Its line in the file that was read.
        rules: Those of its decision point.
        result: What the engine made of it.
        mode: ``observe`` or ``enforce``.
    """
    told = told_of(result)
    zh, en = _obligations(told, rules)
    measures = told.answer.measures if told.answer else ()
    return (
        str(line),
        _VERDICTS[told.verdict],
        common_pb2.Verdict.Name(told.verdict).removeprefix("VERDICT_"),
        zh,
        en,
        _listed([_measure_zh(each) for each in measures]),
        _listed([_measure_en(each) for each in measures]),
        "; ".join([*told.because, *_unknown(told.answer)]),
        _position(told.answer.position) if told.answer else "",
        _until(told.answer),
        "" if told.number is None else str(told.number),
        mode,
    )


def _unknown(answer: Answer | None) -> list[str]:
    """Return, of each code of which the register has nothing, that it does: often a code that was mistyped."""
    if answer is None or answer.fault:
        return []
    said = "登记信息中没有此代码，请核对 the register has nothing of this code: look whether it is right"
    return [f"NOT_IN_REGISTER {code}: {said}" for code in answer.unknown]


def not_asked_cells(line: int, faults: Sequence[LineFault], mode: str) -> tuple[str, ...]:
    """Return the cells for a line that could not be asked about: it is UNVERIFIABLE, and each fault is its reason."""
    zh, en = _OBLIGES[common_pb2.VERDICT_UNVERIFIABLE]
    why = "; ".join(f"{each.column}: {each.zh} {each.en}" if each.column else f"{each.zh} {each.en}" for each in faults)
    verdict = _VERDICTS[common_pb2.VERDICT_UNVERIFIABLE]
    return (str(line), verdict, "UNVERIFIABLE", zh, en, "", "", f"NOT_ASKED 未查询: {why}", "", "", "", mode)


def _obligations(told: Told, rules: PointRules) -> tuple[str, str]:
    """Return what the officer has to do, in both languages."""
    instructions = [each.instruction for each in told.answer.measures] if told.answer else []
    first = _WAGES if rules.closed else _OBLIGES[told.verdict]
    zh = [first[0], *(each.zh for each in instructions)]
    en = [first[1], *(each.en for each in instructions)]
    if rules.after is not None and told.verdict in (common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_CONDITIONAL):
        zh.append(_GATE[0])
        en.append(_GATE[1])
    return "；".join(_once(zh)), "; ".join(_once(en))


def _once(texts: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys(texts) if each]


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_MEASURES
    return "\n".join([*texts[:MOST_MEASURES], *([f"… +{more}"] if more > 0 else [])])


def _measure_zh(measure: common_pb2.Measure) -> str:
    bases = "、".join(f"{each.title.zh}{_article(each.article)}" for each in measure.legal_basis)
    return f"{_head(measure)}：依据{bases}" if bases else _head(measure)


def _measure_en(measure: common_pb2.Measure) -> str:
    bases = ", ".join(f"{each.title.en} ({each.document} {each.article})" for each in measure.legal_basis)
    return f"{_head(measure)}: {bases}" if bases else _head(measure)


def _article(article: str) -> str:
    return f"第{article}条" if article[:1].isdigit() else article


def _head(measure: common_pb2.Measure) -> str:
    known = common_pb2.Effect.DESCRIPTOR.values_by_number.get(measure.effect)
    effect = known.name.removeprefix("EFFECT_") if known else str(measure.effect)
    of = " ".join(each for each in (measure.authority, measure.document_number) if each)
    return f"{effect} [{measure.rule_id}] {of}".strip()


def _position(position: Position) -> str:
    """Return where the gateway recorded the answer: whoever has this asks for its receipt."""
    line = f" {position.line_hash.hex()}" if position.line_hash else ""
    return f"{position.writer}/{position.number} {position.leaf_hash.hex()}{line}"


def _until(answer: Answer | None) -> str:
    return "" if answer is None or answer.valid_until is None else _local(answer.valid_until)


def _local(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
