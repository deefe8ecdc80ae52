"""``jsg resolve``: which enterprise is meant by a name or a code, within a case: candidates, never a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import candidate_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.domain.candidates import MatchKind
from gateway.domain.name_likeness import NameDifference
from gateway.domain.vocabulary import DISABLED_AREAS, Area

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from gateway.cli.connection import Subparsers

IDENTIFIED, NOT_IDENTIFIED = 0, 5
MOST: Final = 10
EXAMPLE: Final = (
    "jsg resolve 湖北示例建设有限责任公司 --area bidding --case JSGC-2026-17\n"
    "  jsg resolve --organisation-code MA100044-7 --area bidding --case JSGC-2026-17"
)
KINDS: Final = {
    MatchKind.USCC: "统一社会信用代码 its code",
    MatchKind.PREDECESSOR_USCC: "所查代码的承继单位 successor of the code sought",
    MatchKind.ORGANISATION_CODE: "组织机构代码 old organisation code: compare the name, and ask the register",
    MatchKind.EXACT_NAME: "名称一致 the name as recorded",
    MatchKind.EXACT_NORMALISED: "名称一致（写法不同） the name, otherwise written",
    MatchKind.FORMER_NAME: "曾用名 a former name",
    MatchKind.COMING_NAME: "将启用的名称 a name to come",
    MatchKind.SIMILAR_NAME: "名称相近 a similar name",
}
FOLDINGS: Final = {
    "WIDTH": "全半角 width",
    "LETTER_CASE": "大小写 letter case",
    "SPACES": "空格 spaces",
    "BRACKETS": "括号 brackets",
    "SCRIPT": "繁简 script",
    "LEGAL_FORM": "有限责任公司＝有限公司 legal form",
}
DIFFERENCES: Final = {
    NameDifference.FRONT: "前缀（如省市） something in front, such as a province",
    NameDifference.BRACKETS: "括号位置 place of the brackets",
    NameDifference.LEGAL_FORM: "组织形式 legal form",
    NameDifference.CHARACTERS: "个别字 single characters",
}
RELATIONS: Final = {"HEAD_OFFICE": "总公司 head office", "PREDECESSOR": "前身 predecessor"}
STATUSES: Final = {"REVOKED": "吊销 revoked", "DEREGISTERED": "注销 deregistered"}


def register(subparsers: Subparsers) -> None:
    """Add ``resolve``."""
    resolve = command(subparsers, "resolve", "which enterprise is meant?", EXAMPLE, run)
    areas = [area.name.lower() for area in Area if area not in DISABLED_AREAS]
    resolve.add_argument("name", nargs="?", default="", metavar="NAME", help="full name; beside a code it is compared")
    code = resolve.add_mutually_exclusive_group()
    code.add_argument("--uscc", default="", help="unified social credit code")
    code.add_argument("--organisation-code", default="", metavar="CODE", help="old organisation code, 9 characters")
    resolve.add_argument("--area", required=True, choices=areas, help="area of the case")
    resolve.add_argument("--case", required=True, dest="case_ref", help="case number of the deciding system")
    resolve.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")
    resolve.add_argument("--purpose", default="", help="free text for the record")
    resolve.add_argument("--most", type=int, default=MOST, metavar="N", help="how many candidates at most, 1 to 10")


def run(arguments: argparse.Namespace) -> int:
    """Print the candidates; 0 when one of them is identified, 5 when none is."""
    found = resolved(arguments, arguments.uscc, arguments.organisation_code, arguments.most)
    return IDENTIFIED if any(each.identified for each in found.candidates) else NOT_IDENTIFIED


def resolved(
    arguments: argparse.Namespace, uscc: str = "", organisation_code: str = "", most: int = MOST
) -> pb.ResolveEnterpriseResponse:
    """Ask for the candidates of what the command line names, print them, and return them."""
    area = Area[arguments.area.upper()]
    request = pb.ResolveEnterpriseRequest(
        uscc=uscc,
        organisation_code=organisation_code,
        name=arguments.name,
        area=int(area),  # type: ignore[arg-type]  # the same numbers
        case_ref=arguments.case_ref,
        officer=arguments.officer,
        purpose=arguments.purpose,
        most=most,
    )
    with connect(arguments, client_file(arguments).areas[area]) as client:
        found = client.resolve(request)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        show_candidates(found)
    return found


def show_candidates(found: pb.ResolveEnterpriseResponse) -> None:
    """Print candidates as text for people, in both languages."""
    for candidate in found.candidates:
        print("\n".join(_lines(candidate)))
    if found.left_out:
        print("  另有同名或同代码企业未列出 there are more under it")
    print(f"{len(found.candidates)} 个候选 candidates；候选不是结论 a candidate is no verdict: ask by its code")
    position = found.audit_position
    print(f"  留痕 recorded  {position.writer}/{position.number} {position.leaf_hash.hex()}")


def _lines(candidate: pb.EnterpriseCandidate) -> Iterable[str]:
    mark = "确认 identified" if candidate.identified else "候选 candidate"
    status = STATUSES.get(candidate.business_status, "")
    yield f"{candidate.uscc}  {candidate.name or '（无名称 no name held）'}  [{mark}]{' ' + status if status else ''}"
    yield f"    {KINDS[MatchKind(candidate.match_kind)]}"
    if candidate.foldings:
        names = (pb.NameFolding.Name(each).removeprefix("NAME_FOLDING_") for each in candidate.foldings)
        yield f"    写法 written   {', '.join(FOLDINGS[name] for name in names)}"
    if candidate.borne_until or candidate.matched_name not in {"", candidate.name}:
        until = candidate.borne_until or "…"
        yield f"    名称 name      {candidate.matched_name}（{candidate.borne_since} – {until}）"
    if candidate.likeness:
        parts = ", ".join(DIFFERENCES[NameDifference(each)] for each in candidate.differences)
        count = f" × {candidate.different_characters}" if candidate.different_characters else ""
        yield f"    相似度 likeness {candidate.likeness / 10:.1f} %，差异 differs: {parts}{count}"
    if candidate.HasField("name_agrees"):
        yield f"    名称 name      {'相符 agrees' if candidate.name_agrees else '不符 does not agree'}"
    for relation in candidate.relations:
        yield f"    {RELATIONS[relation.relation]}  {relation.uscc} {relation.name}"
