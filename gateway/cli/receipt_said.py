"""What a page of a receipt says, block by block: on a screen (``receipt_page``) and on paper (``receipt_print``)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from console.printing.model import Heading, Look, Note, Rows
from formats import canonical
from formats.civil import format_instant
from gateway.cli import page_words as words
from gateway.cli.page_rows import measure_rows, moment, proof_rows, question_rows
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.printing.model import Row
    from formats.receipt import Receipt

    Part = Heading | Rows | Note

CHECK: Final = "CreditService/CheckEligibility"


def parts_of(receipt: Receipt) -> Iterator[Part]:
    """Yield question, answer and proof of a receipt, which is not verified by it.

    Raises:
        ValueError, TypeError, KeyError, AttributeError, OverflowError, DecodeError: A part cannot be read.
    """
    envelope, asked = object_of(receipt.envelope), object_of(receipt.body) if receipt.body else {}
    line = object_of(receipt.line.content) if receipt.line else {}
    if asked:
        yield Heading(words.ASKED)
        yield Rows(tuple(question_rows(envelope, asked, line)))
        yield Heading(words.ANSWERED)
        yield from _answer(receipt, asked, line)
    else:
        yield Rows(((words.RECORDED_AT, moment(envelope["time"])),))
        yield Note(words.NOT_SHOWN)
    yield Heading(words.PROOF)
    yield Rows(tuple(proof_rows(receipt)), Look.HASH)


def object_of(data: bytes) -> dict[str, Any]:
    """Return a part of a receipt that is an object.

    Raises:
        TypeError, ValueError: It is none.
    """
    content = canonical.decode(data)
    if not isinstance(content, dict):
        raise TypeError("a part is not an object")
    return content


def _answer(receipt: Receipt, body: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Part]:
    verdict = line.get("verdict") or body.get("verdict")
    if verdict is None:
        yield Rows(((words.OUTCOME, str(body.get("outcome", ""))),))
        return
    yield Rows(((words.VERDICT, words.VERDICTS[Verdict(verdict)]),), Look.VERDICT)
    if not receipt.response or body.get("method") != CHECK:
        yield Note(words.NO_ANSWER)
        return
    decision = credit_pb2.CheckEligibilityResponse.FromString(receipt.response).decision
    rows: list[Row] = [(words.ENTERPRISE, f"{decision.enterprise.uscc} {decision.enterprise.name}")]
    if decision.HasField("valid_until"):
        rows.append((words.VALID_UNTIL, moment(format_instant(decision.valid_until.ToDatetime(tzinfo=UTC)))))
    # Of an answer that is not CLEAR it would say what it does not: that nothing stands in the way.
    if not decision.measures and Verdict(verdict) is Verdict.CLEAR:
        rows.append((words.MEASURE, words.NO_MEASURE))
    yield Rows(tuple(rows))
    for measure in decision.measures:
        yield Rows(tuple(measure_rows(measure)))
