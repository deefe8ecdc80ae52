"""``jsg audit review``: sign off what was reviewed of the log, and list what was signed off."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import review_pb2 as pb

from formats.checkpoint import parse_checkpoint
from formats.civil import parse_instant
from formats.note import NoteError, decode_note
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.reviews import ReviewFinding

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2
WORDS: Final = {
    ReviewFinding.NOTHING_FOUND: "未发现问题",
    ReviewFinding.UNDUE_ACCESS: "不当查询",
    ReviewFinding.CASE_UNKNOWN: "项目编号不存在",
    ReviewFinding.ANSWER_NOT_FOLLOWED: "未按结论办理",
    ReviewFinding.AWARD_UNCOVERED: "无有效查询的授予",
    ReviewFinding.REPLAY_DIFFERS: "复算不一致",
    ReviewFinding.RECORD_FLAWED: "留痕有缺陷",
    ReviewFinding.OTHER: "其他",
}


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``audit``."""
    review = commands.add_parser("review", help="reviews of the record: sign one off, list them")
    below = review.add_subparsers(required=True, metavar="COMMAND")
    example = "jsg audit review sign --checkpoint checkpoint --first 1 --last 400 --finding nothing_found"
    sign = command(below, "sign", "sign off the review of a part of the log", example, run_sign)
    sign.add_argument(
        "--checkpoint", type=Path, required=True, metavar="FILE", help="checkpoint under which the part lies"
    )
    sign.add_argument("--first", type=int, default=None, metavar="N", help="first entry, by index")
    sign.add_argument("--last", type=int, default=None, metavar="N", help="last entry, inclusive")
    sign.add_argument("--since", default="", metavar="INSTANT", help="in place of --first: first instant, inclusive")
    sign.add_argument("--until", default="", metavar="INSTANT", help="in place of --last: last instant, exclusive")
    sign.add_argument(
        "--finding",
        dest="findings",
        action="append",
        required=True,
        choices=[each.name.lower() for each in ReviewFinding],
        help="what was found; may be repeated",
    )
    sign.add_argument("--text", default="", help="what was found, in words")
    sign.add_argument("--request-id", default="", help="of a call that is repeated")
    sign.add_argument("--officer", default=account(), help="who reviewed and signs")
    listed = command(below, "list", "list reviews, the newest first", "jsg audit review list", run_list)
    listed.add_argument("--limit", type=int, default=50, help="reviews a page (default 50)")
    listed.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    listed.add_argument("--officer", default=account(), help="who asks for it")


def run_sign(arguments: argparse.Namespace) -> int:
    """Sign off, and print the review's id and where it is recorded."""
    try:
        request = _request(arguments)
    except (OSError, ValueError) as error:
        print(f"jsg audit review sign: {error}", file=sys.stderr)
        return USAGE
    with connect(arguments, client_file(arguments).audit_reader) as client:
        signed = client.audit("SignReview", request, pb.SignReviewResponse)
    if arguments.json:
        print(json_format.MessageToJson(signed, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        position = signed.audit_position
        print(f"已签署 signed: {signed.review_id} {position.writer}/{position.number}")
    return OK


def _request(arguments: argparse.Namespace) -> pb.SignReviewRequest:
    """Return the review that the command line says.

    Raises:
        OSError: The checkpoint cannot be read.
        ValueError: It is none, or an instant is none.
    """
    try:
        checkpoint = parse_checkpoint(decode_note(arguments.checkpoint.read_bytes()).text)
    except NoteError as error:
        raise ValueError(f"{arguments.checkpoint}: {error}") from error
    request = pb.SignReviewRequest(
        request_id=arguments.request_id or f"review-{uuid.uuid4()}",
        officer=arguments.officer,
        origin=checkpoint.origin,
        first_index=arguments.first,
        last_index=arguments.last,
        checkpoint_size=checkpoint.size,
        checkpoint_root=checkpoint.root,
        text=arguments.text,
    )
    for finding in arguments.findings:
        request.findings.append(int(ReviewFinding.named(finding.upper())))  # type: ignore[arg-type]  # the same numbers
    if arguments.since:
        request.since.FromDatetime(parse_instant(arguments.since))
    if arguments.until:
        request.until.FromDatetime(parse_instant(arguments.until))
    return request


def run_list(arguments: argparse.Namespace) -> int:
    """Print one page."""
    request = pb.ListReviewsRequest(officer=arguments.officer, page_size=arguments.limit, page_token=arguments.page)
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("ListReviews", request, pb.ListReviewsResponse)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    for review in found.reviews:
        _show(review)
    if found.next_page_token:
        print(f"more: --page {found.next_page_token}")
    return OK


def _show(review: pb.Review) -> None:
    by_index = review.HasField("first_index")
    part = f"{review.first_index}–{review.last_index}" if by_index else f"{local(review.since)} – {local(review.until)}"
    signed = " ✓" if review.officer_asserted else ""
    print(
        f"{local(review.recorded.recorded_at)} {review.recorded.writer}/{review.recorded.number} {review.review_id} "
        f"{review.agency} {review.officer}{signed} {review.origin} {part} @{review.checkpoint_size}"
    )
    for each in review.findings:
        finding = ReviewFinding(each)
        print(f"  {WORDS[finding]} {finding.name}")
    if review.text:
        print(f"  {review.text}")
