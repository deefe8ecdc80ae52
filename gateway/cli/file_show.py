"""An enterprise's file on the terminal: at a glance, then version by version; Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf import json_format

from gateway.cli.listing_texts import ACTS, said
from gateway.cli.show import local
from gateway.domain.vocabulary import Holding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message
    from jointsanctions.v1 import enterprise_file_pb2 as pb

    from gateway.domain.vocabulary import Word

HOLDINGS: Final[Mapping[Word, str]] = {
    Holding.NOT_YET: "尚未生效 not yet holding",
    Holding.HOLDS: "有效 holds",
    Holding.NO_LONGER: "已失效 no longer holds",
    Holding.VOID: "已撤销，自始无效 void from the start",
}
KINDS: Final[Mapping[str, str]] = {
    "enterprise": "企业登记 profile",
    "complaint": "查实投诉 complaint",
    "arrears": "欠薪认定 arrears",
    "five_systems": "五项制度 five systems",
    "listing_act": "失信名单 listing",
    "publication": "重大违法公布 publication",
    "penalty": "行政处罚 penalty",
    "conviction": "刑事判决 conviction",
    "published_notice": "公开公告 published notice",
    "red_list": "红名单 red list",
    "grade_recovery": "等级恢复 grade recovery",
    "attachment": "归属认定 attachment",
    "labour_violation": "劳动违法 labour violation",
    "incident_act": "事件归并 incident act",
    "malicious_claim": "恶意讨薪 malicious claim",
    "post": "任职 post",
    "licence": "行政许可 licence",
    "wage_deposit": "工资保证金 wage deposit",
    "credit_commitment": "信用承诺 credit commitment",
    "exam_record": "考试违纪 exam record",
    "recruitment_record": "招聘违纪 recruitment record",
    "insurance_severe_listing": "社保严重失信 insurance severe list",
    "identity_dispute": "冒名登记争议 identity dispute",
    "publication_objection": "社会公布异议 objection to a publication",
    "listing_elsewhere": "他处列入 listing decided elsewhere",
    "withdrawal": "撤销变更 withdrawal",
    "shown_repair": "平台显示修复 repair shown by the platform",
    "objection": "异议 objection",
}
"""Kinds of records in words."""
RELATIONS: Final[Mapping[str, str]] = {
    "HEAD_OFFICE": "总公司 head office",
    "BRANCH": "分支机构 branch",
    "PREDECESSOR": "被承继企业 predecessor",
    "SUCCESSOR": "承继企业 successor",
}


def show_summary(uscc: str, page: pb.GetEnterpriseFileResponse) -> None:
    """Print the file at a glance."""
    summary = page.summary
    print(f"{uscc}  企业档案 file: 数据版本 data revision {page.data_revision}, 时点 as of {local(page.as_of)}")
    for name in summary.names:
        print(f"  名称 name      {_span(name.valid_from, name.valid_until)} {name.name} ({name.business_status})")
    for relation in summary.relations:
        what = RELATIONS.get(relation.relation, relation.relation)
        print(f"  关联 relation  {what} {relation.uscc} 自 since {relation.valid_from}")
    for post in summary.posts:
        print(f"  任职 post      {_span(post.held_from, post.held_until)} {post.post}")
    for listing in summary.listings:
        then, persons = listing.as_of, listing.persons
        print(f"  名单 listing   {then.listing_id} {then.state} (现 now {listing.state_now}), 人员 persons {persons}")
    for meeting in summary.meetings:
        print(f"  联席会议 meeting {meeting.meeting_id} {meeting.number} {meeting.held_on}")
    if summary.left_out:
        print(f"  另有 further   {summary.left_out}")


def show_page(page: pb.GetEnterpriseFileResponse) -> None:
    """Print the versions of one page, each under the revision with which it came."""
    revisions = {revision.revision: revision for revision in page.revisions}
    before = 0
    for version in page.versions:
        if version.recorded_from != before:
            before = version.recorded_from
            came = revisions[before]
            print(f"{local(came.committed_at)}  版本 revision {before}: {came.agency} {came.feed} {came.request_id}")
        _show_version(version, revisions)


def _show_version(version: pb.FileVersion, revisions: Mapping[int, pb.FileRevision]) -> None:
    what = KINDS.get(version.kind, version.kind)
    if version.kind == "listing_act":
        what = f"{what} {version.listing_id}: {said(ACTS, version.record.listing_act.act)}"
    print(f"  {what} [{_span(version.holds_from, version.holds_until)}] {said(HOLDINGS, version.holding)}")
    print(f"    {version.record_id}")
    decided = f"{version.record.authority} {version.record.document_number}".strip()
    if decided:
        print(f"    {decided}")
    for name, value in _content(version).items():
        print(f"    {name}: {value}")
    if version.persons:
        print(f"    人员 persons: {version.persons}")
    if version.withdrawn_by:
        print(f"    撤销于 withdrawn by {version.withdrawn_by}")
    if version.recorded_until:
        ended = local(revisions[version.recorded_until].committed_at)
        print(f"    更替 on record until revision {version.recorded_until}, {ended}")


_BESIDE: Final = ("withdrawal", "shown_repair", "objection")
"""What is said of a record by something that is no record that is submitted."""


def _content(version: pb.FileVersion) -> dict[str, object]:
    """Return what the version says, by field; the documents of a chain as ``chain.order_number``."""
    fact = version.record.WhichOneof("fact")
    beside = next((name for name in _BESIDE if version.HasField(name)), "withdrawal")
    message: Message = getattr(version.record, fact) if fact else getattr(version, beside)
    content = json_format.MessageToDict(message, preserving_proto_field_name=True)
    shown: dict[str, object] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            shown.update({f"{name}.{part}": text for part, text in value.items()})
        elif isinstance(value, list):
            shown[name] = ", ".join(map(str, value))
        elif name not in {"act", "listing_id"}:
            shown[name] = value
    return {**shown, **version.said}


def _span(since: str, until: str) -> str:
    return f"{since} → {until}" if until else f"{since} →"
