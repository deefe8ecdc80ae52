"""What is known of a case to the agency that refers it, as the letters say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from adapters.letters.draft import BLANK, LetterError, Line, or_blank
from adapters.letters.wording import DEBTORS, EVIDENCE, MATERIALS
from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from google.protobuf.timestamp_pb2 import Timestamp
    from jointsanctions.v1 import clock_pb2
    from jointsanctions.v1 import referral_pb2 as pb

    from formats.dossier import EvidenceKind, Material

_FEN: Final = 100


@dataclass(frozen=True, slots=True)
class ListedMaterial:
    """One file of the dossier, by its title, or by its id where titles are not at hand."""

    title: str
    material: Material
    evidence: EvidenceKind


@dataclass(frozen=True, slots=True)
class Names:
    """What the gateway knows by ids and codes only, as it stands in a letter; empty: a blank."""

    sender: str = ""
    addressee: str = ""
    debtor: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as ``GetReferral`` shows it to its referring agency, with names and the list of its materials."""

    shown: pb.GetReferralResponse
    names: Names
    materials: Sequence[ListedMaterial] = ()

    def __post_init__(self) -> None:
        if not self.shown.HasField("facts"):
            raise LetterError(
                "案情只向移送单位显示，文书亦同 "
                "the facts are shown to the agency that refers it alone, and so are its letters"
            )

    @property
    def number(self) -> str:
        """Id of the case."""
        return self.shown.referral.referral_id

    @property
    def facts(self) -> pb.ReferralFacts:
        """What was found."""
        return self.shown.facts

    def last(self, *kinds: pb.ReferralActKind.ValueType) -> pb.RecordedReferralStep | None:
        """Return the last recorded step of these kinds; None where there is none."""
        found = [each for each in self.shown.steps if each.step.kind in kinds]
        return found[-1] if found else None

    def clock(self, clock_id: str) -> clock_pb2.Clock | None:
        """Return the clock that ends last of those with this id; None where none was started."""
        found = [each for each in self.shown.referral.clocks if each.clock_id == clock_id]
        return max(found, key=lambda each: each.ends_at.ToNanoseconds(), default=None)

    def debtor(self) -> Line:
        """Return who owes, with the code where there is one."""
        zh, en = DEBTORS.get(self.facts.debtor, (BLANK, "not known"))
        code = f"统一社会信用代码：{self.facts.uscc}" if self.facts.uscc else f"统一社会信用代码或者证件号码：{BLANK}"
        return Line(f"{or_blank(self.names.debtor)}（{zh}，{code}）", f"{en}, code {self.facts.uscc or 'not known'}")

    def rows(self, only: Collection[Material] | None = None) -> tuple[tuple[str, ...], ...]:
        """Return the table of materials, of these kinds alone where some are named; pages are for who files them."""
        chosen = [each for each in self.materials if only is None or each.material in only]
        return tuple(
            (
                str(place),
                each.title,
                "\n".join(MATERIALS[each.material]),
                "\n".join(EVIDENCE[each.evidence]),
                "",
            )
            for place, each in enumerate(chosen, 1)
        )


def day_zh(day: str) -> str:
    """Return a civil day as Chinese letters write it; a blank for an empty one."""
    if not day:
        return f"{BLANK}年{BLANK}月{BLANK}日"
    read = date.fromisoformat(day)
    return f"{read.year}年{read.month}月{read.day}日"


def moment(at: Timestamp) -> datetime:
    """Return an instant in UTC+8."""
    return at.ToDatetime(tzinfo=UTC).astimezone(SHANGHAI)


def step_day(step: pb.RecordedReferralStep | None) -> str:
    """Return on which day a step was taken, as a letter writes it; a blank without one."""
    return day_zh(moment(step.step.at).date().isoformat() if step else "")


def step_number(step: pb.RecordedReferralStep | None) -> str:
    """Return under which document a step was taken; a blank without one."""
    return or_blank(step.step.document_number if step else "")


def yuan(fen: int) -> str:
    """Return an amount in yuan."""
    return f"{fen // _FEN:,}.{fen % _FEN:02}元"
