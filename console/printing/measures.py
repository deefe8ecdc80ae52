"""One measure of an answer as rows: what is to be done, on what ground, how it ends and how to object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.printing.words import moment, named, word, yuan
from console.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jointsanctions.v1 import common_pb2

    from console.printing.model import Row
    from console.printing.words import Names
    from console.texts import Pair


def measure_rows(measure: common_pb2.Measure, names: Names) -> Iterator[Row]:
    """Yield the rows of a measure, of what the caller was told.

    Raises:
        PrintError: This version has no words for its effect.
    """
    said, effect = texts("receipt"), named(names, "effects", measure.effect)
    yield said["measure"], (f"{effect[0]}：{measure.instruction.zh}", f"{effect[1]}: {measure.instruction.en}")
    yield word("party"), f"{measure.party_uscc} {measure.relation}".strip()
    yield from basis_rows(measure.legal_basis)
    yield said["decided_by"], f"{measure.authority} {measure.document_number}".strip()
    yield word("decided_on"), measure.listed_on
    until = moment(measure.effective_until) if measure.HasField("effective_until") else ""
    yield said["ends"], (f"{until} {measure.ends_by.zh}".strip(), measure.ends_by.en)
    yield said["remedy"], (measure.remedy.zh, measure.remedy.en)
    if measure.HasField("security_bound"):
        yield word("security"), _bound(measure.security_bound)
    for flag, name in ((measure.disputed, "disputed"), (measure.basis_contested, "contested")):
        if flag:
            yield word("mind"), word(name)
    yield word("rule"), measure.rule_id


def basis_rows(articles: Iterable[common_pb2.LegalBasis]) -> Iterator[Row]:
    """Yield the articles on which something rests."""
    for basis in articles:
        article = f"第{basis.article}条" if basis.article[:1].isdigit() else basis.article
        title = basis.title
        yield texts("receipt")["rests_on"], (f"{title.zh}{article}", f"{title.en} ({basis.document} {basis.article})")


def _bound(bound: common_pb2.SecurityBound) -> Pair:
    """Return how far security may be raised: what is not computed is not shown."""
    parts = [word("raised", percent=bound.surcharge_percent)]
    if bound.HasField("raised_fen"):
        parts.append(word("raised_to", amount=yuan(bound.raised_fen)))
    if bound.cap_fen:
        parts.append(word("capped", amount=yuan(bound.cap_fen)))
    return "，".join(each[0] for each in parts), ", ".join(each[1] for each in parts)
