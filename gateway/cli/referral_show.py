"""Referrals as text, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.cli.letter_commands import commands_for
from gateway.cli.referral_texts import ACTS, HOLDS, STAGES, STUCK, TRANSPORT, WEIGHTS
from gateway.cli.show import local
from gateway.domain.referral_elements import GapWeight
from gateway.domain.referral_holds import HoldState
from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_stuck import StuckReason
from gateway.domain.referral_words import ReferralActKind, ReferralStage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jointsanctions.v1 import referral_pb2 as pb


def show_case(case: pb.Referral) -> None:
    """Print where a case stands, what runs, and which steps are open to the caller."""
    print(f"{case.referral_id}  {STAGES[ReferralStage(case.stage)]}  移送机关 from {case.agency}")
    for clock in case.clocks:
        print(f"  期限 clock    {clock.clock_id}  {local(clock.ends_at)}  {clock.title.zh} {clock.title.en}")
    for each in case.stuck:
        print(f"  停滞 stuck    {STUCK[StuckReason(each.reason)]}  {_waits(each)}")
    for kind in case.allowed:
        print(f"  可办 may do   {ACTS[ReferralActKind(kind)]}")


def _waits(stuck: pb.ReferralStuck) -> str:
    """Return what a case waits for, on whom, and since when."""
    which = stuck.clock_id or f"#{stuck.place}"
    who = stuck.agency or "-"
    return f"{which}  等待 waits for {who}: {stuck.waits_for.zh} {stuck.waits_for.en}  {local(stuck.since)}"


def show_gaps(gaps: Iterable[pb.ReferralGap]) -> None:
    """Print what the file does not show."""
    for gap in gaps:
        print(f"  缺 gap        {gap.rule}  {WEIGHTS[GapWeight(gap.weight)]}  {gap.text.zh} {gap.text.en}")


def show_full(found: pb.GetReferralResponse) -> None:
    """Print a case with its steps, payments and how far each entry has come."""
    show_case(found.referral)
    for line in commands_for(found):
        print(f"  文书 letter   {line}")
    show_gaps(found.gaps)
    for each in found.steps:
        who = f"{each.agency} {each.holder}".strip()
        act = ACTS[ReferralActKind(each.step.kind)]
        print(f"  {local(each.step.at)}  {act}  {who}  {each.step.document_number}")
        if each.step.reasons:
            print(f"      理由 reasons  {each.step.reasons}")
    for payment in found.payments:
        print(f"  {payment.paid_on}  支付 paid {payment.paid_fen / 100:,.2f} 元 yuan  {payment.document_number}")
    if found.court_agreement:
        print(f"  告知法院依据 notice to the court by  {found.court_agreement}")
    for hold in found.holds:
        show_hold(hold)
    for evidence in found.transport:
        state = TRANSPORT[TransportState(evidence.state)]
        print(f"  传送 transport  #{evidence.place}  {evidence.recipient}  {state}  {local(evidence.since)}")
    for silence in found.silences:
        state, entry = TRANSPORT[TransportState(silence.state)], f"{silence.writer}/{silence.number}"
        print(f"  留痕 on record  #{silence.place}  {silence.recipient}  {state}  {local(silence.since)}  {entry}")


def show_hold(hold: pb.ReferralHold) -> None:
    """Print a hold, and who has said what about it."""
    what, until = hold.item_id or "全案 the whole case", hold.until or "无期限 without end"
    print(f"  依法保留 hold {hold.hold_id}  {HOLDS[HoldState(hold.state)]}  {what}  {until}")
    words = [("依据 by", hold.placed)]
    words += [("申请解除 release asked", hold.asked)] if hold.HasField("asked") else []
    words += [("解除 released", hold.released)] if hold.HasField("released") else []
    for said, word in words:
        who = f"{word.officer} {word.holder}".strip()
        print(f"      {said}  {word.document_number}  {who}  {word.reason}")


def show_entry(entry: pb.InboxEntry) -> None:
    """Print what was received."""
    what = entry.WhichOneof("what")
    if what == "step":
        said = f"{ACTS[ReferralActKind(entry.step.kind)]}  {entry.step.document_number}"
    elif what == "payment":
        said = f"支付 paid {entry.payment.paid_fen / 100:,.2f} 元 yuan  {entry.meaning.zh} {entry.meaning.en}"
    else:
        said = "可以查阅卷宗 the dossier can be opened"
    without = "  不附证据 without evidence" if entry.without_evidence else ""
    print(f"#{entry.place}  {local(entry.recorded_at)}  {entry.referral_id}  {entry.from_agency}  {said}{without}")
