"""``jsg policy dry-run``: which recorded questions a gateway would answer otherwise under another policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import policy_pb2 as pb

from formats.civil import midnight, parse_date
from gateway.cli.account import account
from gateway.cli.connection import client_file, connect
from gateway.cli.page_words import AREAS
from gateway.cli.policy_files import policy_text
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

OK, ERROR, CHANGES = 0, 1, 4
PATIENCE_SECONDS: Final = 120.0


def run(arguments: argparse.Namespace) -> int:
    """Print what would change; 0 when nothing would, 4 when something would, 1 when the policy is not sound."""
    request = pb.DryRunPolicyRequest(
        officer=arguments.officer or account(),
        policy=policy_text(arguments),
        sample=arguments.sample,
        enterprises=arguments.enterprise,
    )
    if arguments.since:
        request.since.FromDatetime(midnight(parse_date(arguments.since)))
    file = client_file(arguments)
    with connect(
        arguments, file.records_reader if arguments.enterprise else file.operations, PATIENCE_SECONDS
    ) as client:
        answer = client.admin("DryRunPolicy", request, pb.DryRunPolicyResponse)
    if arguments.json:
        plain = json_format.MessageToDict(answer, preserving_proto_field_name=True)
        print(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(answer)))
    if answer.fault_count:
        return ERROR
    return CHANGES if answer.changes or answer.refusals else OK


def _lines(answer: pb.DryRunPolicyResponse) -> Iterator[str]:
    if answer.fault_count:
        yield f"未试算，政策有误 not tried, {answer.fault_count} faults"
        yield from fault_lines(answer.faults)
        return
    which = f"{answer.policy_version} ({answer.policy_digest[:12]})"
    yield f"试算 tried       {which}, 数据版本 data revision {answer.data_revision}"
    alike = f"其中答复不变 unchanged {answer.unchanged}"
    yield f"  重新决定 decided  {answer.decided}, {alike}; 无法重问 not askable {answer.not_askable}"
    for change in answer.changes:
        yield from _change_lines(change)
    for refusal in answer.refusals:
        area = Area(refusal.area)
        yield f"\n{AREAS[area][0]} {area.name}  须补报 would need {refusal.field}  × {refusal.answers}"


def _change_lines(change: pb.DryRunChange) -> Iterator[str]:
    area = Area(change.area)
    before, after = Verdict(change.verdict_before).name, Verdict(change.verdict_after).name
    same = "  (结论相同，措施等不同 the same verdict, other measures)" if before == after else ""
    yield f"\n{AREAS[area][0]} {area.name}  {before} → {after}  × {change.answers}{same}"
    for each in change.examples:
        item = f"[{each.item}]" if each.HasField("item") else ""
        who = f"{each.uscc}  " if each.uscc else ""
        yield f"  例 example     {each.writer}/{each.number}{item}  {who}{DecisionPoint(each.decision_point).name}"
        yield f"    原 was       {', '.join(each.rules_before) or '-'}"
        yield f"    试 would be  {', '.join(each.rules_after) or '-'}"


def fault_lines(faults: Iterable[pb.PolicyFault]) -> Iterator[str]:
    """Yield the lines about what is wrong with a policy."""
    for fault in faults:
        yield f"{fault.file}  {', '.join(fault.tables) or '-'}  {fault.field}"
        yield f"  {fault.rule_id}: {fault.reason}" if fault.rule_id else f"  {fault.reason}"
