"""An answer in words that somebody who is no lawyer understands: what to do, why, on what ground, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2

from console.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jointsanctions.v1 import credit_pb2

    from console.asking import Answered
    from console.words import Words

TONES: Final[Mapping[int, str]] = {
    common_pb2.VERDICT_CLEAR: "good",
    common_pb2.VERDICT_CONDITIONAL: "warn",
    common_pb2.VERDICT_RESTRICTED: "bad",
    common_pb2.VERDICT_UNVERIFIABLE: "doubt",
}
"""How a verdict looks; one that is not here is shown as a doubt."""
RELATIONS: Final = frozenset(
    {
        "SELF",
        "CONSORTIUM_MEMBER",
        "LEGAL_REPRESENTATIVE",
        "HEAD_OFFICE",
        "BRANCH",
        "PREDECESSOR",
        "RELATED_PARTY",
        "LISTED_WITH",
    }
)
"""What a party may be to the enterprise, as the wire spells it; one that is not here is shown as it came."""
SECURITIES: Final = frozenset({"BID_BOND", "PERFORMANCE_BOND", "WAGE_DEPOSIT"})
GRADED_BY: Final = "HRSS"
"""Authority of a measure that rests on a grade."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it.

    Attributes:
        verdict: Name of the verdict, as the wire has it without its prefix, in small letters.
        tone: How it looks, one of ``TONES``.
        measures: What weighs, strongest first.
        doubts: Why nothing could be said; empty where something was.
        holds: It holds for some time, until which it says.
    """

    verdict: str
    tone: str
    measures: tuple[Measure, ...]
    doubts: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure in words; a text that the answer does not have is empty."""

    effect: str
    strong: bool
    ground: str
    instruction: str
    whose: str
    bases: tuple[str, ...]
    decided_by: str
    listed_on: str
    ends: str
    remedy: str
    security: str
    flags: tuple[str, ...]
    rule: str


def shown(kept: Answered, words: Words) -> Shown:
    """Return an answer in the words of a language."""
    return decision_shown(kept.response.decision, words)


def decision_shown(decision: credit_pb2.Decision, words: Words) -> Shown:
    """Return what was decided in the words of a language."""
    lead = decision.enterprise.uscc
    return Shown(
        verdict_name(decision.verdict),
        TONES.get(decision.verdict, "doubt"),
        tuple(_measure(each, lead, words) for each in decision.measures),
        tuple(_doubts(decision.unverifiable_because, words)),
        decision.verdict != common_pb2.VERDICT_UNVERIFIABLE and decision.HasField("valid_until"),
    )


def verdict_name(verdict: int) -> str:
    """Return a verdict's name in small letters; what is not known here is ``unverifiable``, and never clear."""
    if verdict not in TONES:
        return "unverifiable"
    return common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_").lower()  # type: ignore[arg-type]  # one of TONES


def _measure(measure: common_pb2.Measure, lead: str, words: Words) -> Measure:
    flags = [name for name in ("disputed", "basis_contested") if getattr(measure, name)]
    return Measure(
        effect=words.of("effects", measure.effect),
        strong=measure.effect == common_pb2.EFFECT_BLOCK,
        ground=trigger(measure.trigger, words),
        instruction=words.said(measure.instruction),
        whose=_whose(measure, lead, words),
        bases=tuple(_basis(each, words) for each in measure.legal_basis),
        decided_by=_decided_by(measure, words),
        listed_on=measure.listed_on,
        ends=_ends(measure, words),
        remedy=words.said(measure.remedy),
        security=_security(measure.security_bound, words) if measure.HasField("security_bound") else "",
        flags=tuple(words(f"verdict.{name}") for name in flags),
        rule=measure.rule_id,
    )


def _whose(measure: common_pb2.Measure, lead: str, words: Words) -> str:
    """Return whom a measure is about where that is not the enterprise itself."""
    what = words(f"relation.{measure.relation.lower()}") if measure.relation in RELATIONS else measure.relation
    if measure.party_uscc not in {"", lead}:
        return f"{what} {measure.party_uscc}".strip()
    return "" if measure.relation == "SELF" else what


def trigger(number: int, words: Words) -> str:
    """Return what a measure rests on in words; what is not known here is said so."""
    known = common_pb2.Trigger.DESCRIPTOR.values_by_number.get(number)
    name = known.name.removeprefix("TRIGGER_").lower() if known is not None and number else "unknown"
    return words(f"trigger.{name}")


def _decided_by(measure: common_pb2.Measure, words: Words) -> str:
    """Return authority and document; of a grade, which is computed, the wire names the authority by a code."""
    authority = words("verdict.graded_by") if measure.authority == GRADED_BY else measure.authority
    return f"{authority} {measure.document_number}".strip()


def _basis(basis: common_pb2.LegalBasis, words: Words) -> str:
    """Return document and article; one whose number was not checked yet has a word for the place, and that is said."""
    checked = basis.article[:1].isdigit()
    article = words("verdict.article" if checked else "verdict.article_unchecked", article=basis.article)
    known = texts("console.level")
    level = words.pair(known[basis.level.lower()]) if basis.level.lower() in known else basis.level
    title = words.said(basis.title) or basis.title.zh
    return words("verdict.ground", title=title, article=article, level=level, document=basis.document)


def _ends(measure: common_pb2.Measure, words: Words) -> str:
    how = words.said(measure.ends_by)
    if not measure.HasField("effective_until"):
        return how
    return words("verdict.ends_at", time=words.stamp(measure.effective_until), how=how)


def _security(bound: common_pb2.SecurityBound, words: Words) -> str:
    """Return how far security may be raised: what is not computed is not shown."""
    kind = words(f"security.{bound.kind.lower()}") if bound.kind in SECURITIES else bound.kind
    parts = [words("verdict.surcharge", kind=kind, percent=bound.surcharge_percent)]
    if bound.HasField("raised_fen"):
        parts.append(words("verdict.at_least", amount=yuan(bound.raised_fen)))
    if bound.cap_fen:
        parts.append(words("verdict.at_most", amount=yuan(bound.cap_fen)))
    return words("verdict.between").join(parts)


def yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    return f"{fen // 100:,}.{fen % 100:02}"


def _doubts(reasons: Iterable[str], words: Words) -> Iterable[str]:
    known = {"STALE_SOURCE", "STALE_NODE", "CLOCK", "INCOMPLETE_RECORD", "REVISION_NOT_REACHED", "POLICY_CHANGES"}
    for reason in reasons:
        name = reason.partition(":")[0]
        yield f"{words(f'doubt.{name.lower()}' if name in known else 'doubt.other')} ({reason})"
