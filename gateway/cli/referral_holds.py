"""``jsg referral hold`` and ``release``: nothing of a case or a file is erased while it is on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from gateway.cli.connection import command, day
from gateway.cli.outcome_lists import print_json
from gateway.cli.referral_options import HRSS, OK, add_common, request_id, speaking, told
from gateway.cli.referral_show import show_hold

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``referral``."""
    example = "jsg referral hold YS-2026-7 H-1 --document 示检保〔2026〕2号 --reason 在审案件证据 --until 2027-12-31"
    hold = command(commands, "hold", "put a case or a file of it on hold", example, told(run_hold))
    hold.add_argument("--item", default="", metavar="FILE", help="id of a file (default: the whole case)")
    hold.add_argument("--until", type=day, default="", metavar="YYYY-MM-DD", help="last day (default: without end)")
    release = command(
        commands,
        "release",
        "a word for the release of a hold: two persons release it, by one document",
        "jsg --as hrss.producer.chen referral release YS-2026-7 H-1 --document 示检解〔2027〕4号 --reason 判决生效",
        told(run_release),
    )
    for parser in (hold, release):
        add_common(parser, HRSS)
        parser.add_argument("hold", metavar="HOLD", help="id of the hold in the case")
        parser.add_argument("--document", required=True, metavar="NUMBER", help="number of the document that orders it")
        parser.add_argument("--reason", required=True, help="why")


def run_hold(arguments: argparse.Namespace) -> int:
    """Place a hold."""
    request = pb.HoldReferralRequest(
        request_id=request_id(arguments),
        officer=arguments.officer,
        referral_id=arguments.referral,
        hold_id=arguments.hold,
        item_id=arguments.item,
        document_number=arguments.document,
        reason=arguments.reason,
        until=arguments.until,
    )
    with speaking(arguments) as party:
        response = party.client.referral("HoldReferral", request, pb.HoldReferralResponse)
    if not print_json(arguments, response):
        show_hold(response.hold)
    return OK


def run_release(arguments: argparse.Namespace) -> int:
    """Say a word for the release of a hold."""
    request = pb.ReleaseReferralRequest(
        request_id=request_id(arguments),
        officer=arguments.officer,
        referral_id=arguments.referral,
        hold_id=arguments.hold,
        document_number=arguments.document,
        reason=arguments.reason,
    )
    with speaking(arguments) as party:
        response = party.client.referral("ReleaseReferral", request, pb.ReleaseReferralResponse)
    if not print_json(arguments, response):
        show_hold(response.hold)
    return OK
