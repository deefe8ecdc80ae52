"""``jsg watchlist``: whom HRSS should warn before anything weighs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import early_warning_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.domain.prevention import EarlyWarningKind

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK = 0
PAGE = 200


def register(subparsers: Subparsers) -> None:
    """Add ``watchlist``."""
    example = "jsg watchlist --kind near_grade_b --kind order_nearly_due"
    watch = command(subparsers, "watchlist", "early warnings, in order of code", example, run)
    kinds = [kind.name.lower() for kind in EarlyWarningKind]
    watch.add_argument("--kind", action="append", default=[], choices=kinds, help="only warnings of this kind")
    watch.add_argument("--uscc", default="", help="only about this enterprise")
    watch.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """List every warning that was asked for, page after page."""
    kinds = dict.fromkeys(EarlyWarningKind[name.upper()] for name in arguments.kind)
    request = pb.ListEarlyWarningsRequest(
        officer=arguments.officer,
        kinds=[int(kind) for kind in kinds],  # type: ignore[misc]  # the same numbers
        uscc=arguments.uscc,
        page_size=PAGE,
    )
    found = pb.ListEarlyWarningsResponse()
    with connect(arguments, client_file(arguments).records_reader) as client:
        while True:
            page = client.registry("ListEarlyWarnings", request, pb.ListEarlyWarningsResponse)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    for warning in found.warnings:
        print(f"{warning.uscc} {warning.name or '—'}  {EarlyWarningKind(warning.kind).name} [{warning.rule_id}]")
        print(f"  {warning.text.zh}\n  {warning.text.en}")
        for record_id in warning.record_ids:
            print(f"  事实 fact {record_id}")
    print(f"{len(found.warnings)} 条 warnings")
    return OK
