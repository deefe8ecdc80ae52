"""How every letter is numbered and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.letters.case_file import step_day, step_number
from adapters.letters.draft import BLANK, Line, or_blank

if TYPE_CHECKING:
    from jointsanctions.v1 import referral_pb2 as pb

    from adapters.letters.case_file import CaseFile


def letter_number(step: pb.RecordedReferralStep | None) -> Line:
    """Return the number of a letter: that under which its step is recorded, where it is."""
    return Line(f"文号：{step_number(step)}", "number of the document")


def closing(case: CaseFile, step: pb.RecordedReferralStep | None) -> tuple[Line, ...]:
    """Return who sends it, whom to ask, and the day: that of its step, where that is recorded."""
    return (
        Line(f"联系人：{BLANK}　联系电话：{BLANK}", "whom to ask"),
        Line(
            f"{or_blank(case.names.sender)}（印章）",
            f"the referring agency, in the gateway {case.shown.referral.agency}",
        ),
        Line(step_day(step), "day"),
    )
