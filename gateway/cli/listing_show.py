"""A listing on the terminal: where it stands, what may come next, and its acts as a timeline; Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.cli.listing_texts import ACTS, CONDITIONS, DETAILS, DUTIES, HINDRANCES, STAGES, said
from gateway.cli.show import local

if TYPE_CHECKING:
    from jointsanctions.v1 import listing_pb2 as pb


def show_standing(standing: pb.ListingStanding) -> None:
    """Print where a listing stands and what may come next."""
    weighs = "有效力 in force" if standing.in_force else "无效力 no effect"
    print(f"{standing.listing_id} {standing.uscc}: {said(STAGES, standing.stage)} ({weighs})")
    if standing.must_be_revoked:
        print("  警示 alarm      责令决定已撤销，须撤销列入 the order to pay was revoked: revoke the listing (L-19a)")
    for condition in standing.conditions:
        print(f"  状况 condition  {said(CONDITIONS, condition)}")
    if standing.objection_until:
        print(f"  申辩 objection  至 until {standing.objection_until}")
    if standing.HasField("repair_dates"):
        dates = standing.repair_dates
        print(f"  移出 repair     45号令 O45 {dates.eligible_o45} · 修复办法 CR36 {dates.eligible_cr36}")
        print(f"                  改正 corrected {dates.corrected_on} · 提醒 remind {dates.remind_on}")
    for duty in standing.duties:
        state = f"已办 done {duty.done_on}" if duty.done_on else "未办 open"
        late = " 逾期 LATE" if duty.late else ""
        provisional = " (暂定 provisional)" if duty.provisional else ""
        what = DUTIES.get(duty.rule_id, "")
        print(f"  期限 duty       {duty.rule_id} {what} {duty.due_on}{provisional} {state}{late}")
    for kind in standing.next_steps:
        print(f"  可办 next       {said(ACTS, kind)}")
    for step in standing.hindered_steps:
        until = f" → {step.until}" if step.until else ""
        print(f"  暂缓 hindered   {said(ACTS, step.act)}: {said(HINDRANCES, step.why)}{until}")


def show_listing(listing: pb.GetListingResponse) -> None:
    """Print the whole life of a listing."""
    show_standing(listing.standing)
    print(f"  人员 persons    {listing.persons}")
    for act in listing.acts:
        at = f" {local(act.at)}" if act.HasField("at") else ""
        whom = " → 人员 to a person" if act.to_person else ""
        print(f"{act.on}  {said(ACTS, act.act)}{whom}  {act.document_number}{at}")
        for name, text in sorted(act.said.items()):
            print(f"            {DETAILS.get(name, name)}: {text}")
