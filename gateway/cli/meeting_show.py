"""Joint meetings as text, in Chinese and English. It prints what it is given and asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli.show import local
from gateway.domain.meetings import MeetingCaseKind, MeetingStepState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jointsanctions.v1 import meeting_pb2 as pb

STATES: Final[Mapping[MeetingStepState, str]] = {
    MeetingStepState.OPEN: "办理中 OPEN",
    MeetingStepState.DONE: "已办结 DONE",
    MeetingStepState.OVERDUE: "逾期未办 OVERDUE",
}
CASES: Final[Mapping[MeetingCaseKind, str]] = {
    MeetingCaseKind.LISTING: "列入 listing",
    MeetingCaseKind.COMPLAINT: "投诉 complaint",
    MeetingCaseKind.PENALTY: "处罚 penalty",
    MeetingCaseKind.PUBLICATION: "社会公布 publication",
    MeetingCaseKind.REFERRAL: "移送 referral",
    MeetingCaseKind.OTHER: "其他 other",
}
VERSIONS: Final = {"AGENDA": "议程 agenda", "MINUTES": "纪要 minutes", "STEP_REPORT": "办结报告 report"}


def show_meeting(meeting: pb.Meeting, versions: Iterable[pb.MeetingVersion]) -> None:
    """Print a meeting: its items with what was agreed and assigned, then its versions."""
    agenda, minutes = meeting.agenda, meeting.minutes
    print(f"{meeting.meeting_id}  {agenda.number}  {agenda.held_on}  {agenda.convened_by}")
    print(f"  成员单位 members   {', '.join(agenda.members)}")
    if meeting.HasField("minutes"):
        print(f"  纪要 minutes       {minutes.document_number}，送达 delivered {minutes.delivered_on}")
        print(f"  出席 attended      {', '.join(minutes.attended)}")
    standings = {standing.step_id: standing for standing in meeting.standings}
    for item in agenda.items:
        print(f"  [{item.item_id}] {item.text}")
        print(f"      提出 proposed by {item.proposed_by}; 知悉 shown to {', '.join(item.shown_to) or '–'}")
        told = [*item.enterprises, *(f"{CASES[MeetingCaseKind(case.kind)]} {case.reference}" for case in item.cases)]
        if told:
            print(f"      涉及 about {'; '.join(told)}")
        for resolution in minutes.resolutions:
            if resolution.item_id == item.item_id:
                print(f"      议定 agreed {resolution.text}")
        for step in minutes.steps:
            if step.item_id == item.item_id:
                print(f"      {step.agency}: {step.text}")
                show_standing(standings[step.step_id])
    for version in versions:
        what = f"{VERSIONS[version.kind]} {version.step_id}".rstrip()
        print(f"  {local(version.recorded_at)}  {what} · 版本 version {version.version} · {version.agency}")


def show_standing(standing: pb.StepStanding) -> None:
    """Print how a step stands."""
    clock = standing.clock
    provisional = "，暂定 provisional" if clock.provisional else ""
    print(
        f"        {STATES[MeetingStepState(standing.state)]:12} {standing.step_id} 期限 due {clock.due_on}{provisional}"
    )
    if standing.HasField("report"):
        report = standing.report
        print(f"        {report.done_on} {report.document_number} {report.text}")


def show_own_steps(steps: Sequence[pb.OwnStep]) -> None:
    """Print the steps of one's own agency, those that end first ahead."""
    for each in steps:
        print(f"{each.meeting_id}  {each.meeting_number}  {each.minutes_number}")
        print(f"      {each.step.text}")
        show_standing(each.standing)
    print(f"{len(steps)} 项 steps")
