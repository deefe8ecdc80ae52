"""``jsg registry file``: everything on record about one enterprise, as a timeline."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import enterprise_file_pb2 as pb

from formats.civil import midnight, parse_date, parse_instant
from formats.resident_ids import mask_resident_ids
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.file_show import show_page, show_summary
from gateway.rpc.enterprise_file import SHOWN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from google.protobuf.timestamp_pb2 import Timestamp

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2


def register(commands: Subparsers) -> None:
    """Add ``registry file``."""
    example = "jsg registry file 91420300MA10004470 --case DC-2026-3 --known-at 2026-06-30"
    file = command(commands, "file", "everything on record about one enterprise, now and before", example, run)
    file.add_argument("uscc", metavar="USCC", help="unified social credit code")
    file.add_argument("--case", dest="case_ref", default="jsg-file", help="case number (default: %(default)s)")
    file.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")
    moment = "instant, or a day for its start (default: now)"
    file.add_argument("--known-at", default="", metavar="MOMENT", help=f"as known then: {moment}")
    file.add_argument("--as-of", default="", metavar="MOMENT", help=f"what holds then: {moment}")
    kinds = f"only records of this kind, and again for another: {', '.join(sorted(SHOWN))}"
    file.add_argument(
        "--kind", dest="kinds", action="append", default=[], choices=sorted(SHOWN), metavar="KIND", help=kinds
    )
    file.add_argument("--newest", action="store_true", help="leave out versions that are no longer on record")


def run(arguments: argparse.Namespace) -> int:
    """Read every page as HRSS and print them."""
    request = pb.GetEnterpriseFileRequest(
        uscc=arguments.uscc,
        case_ref=arguments.case_ref,
        officer=arguments.officer,
        kinds=arguments.kinds,
        newest_only=arguments.newest,
    )
    for name, said, field in (("known-at", arguments.known_at, "known_at"), ("as-of", arguments.as_of, "as_of")):
        try:
            if said:
                _put(getattr(request, field), said)
        except ValueError as error:
            print(f"jsg registry file: --{name}: {mask_resident_ids(str(error))}", file=sys.stderr)
            return USAGE
    with connect(arguments, client_file(arguments).records_reader) as client:
        pages = _pages(request, lambda r: client.registry("GetEnterpriseFile", r, pb.GetEnterpriseFileResponse))
        if arguments.json:
            print(_json(pages))
            return OK
        for page in pages:
            if page.HasField("summary"):
                show_summary(arguments.uscc, page)
            show_page(page)
    return OK


def _put(stamp: Timestamp, said: str) -> None:
    """Set *stamp* to an instant, or to the start of a day in UTC+8; ``ValueError`` when it is neither."""
    stamp.FromDatetime(parse_instant(said) if "T" in said else midnight(parse_date(said)))


def _pages(
    request: pb.GetEnterpriseFileRequest,
    ask: Callable[[pb.GetEnterpriseFileRequest], pb.GetEnterpriseFileResponse],
) -> Iterator[pb.GetEnterpriseFileResponse]:
    """Yield every page, the first one first."""
    while True:
        page = ask(request)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _json(pages: Iterator[pb.GetEnterpriseFileResponse]) -> str:
    """Return all pages as one array."""
    plain = [json_format.MessageToDict(page, preserving_proto_field_name=True) for page in pages]
    return json.dumps(plain, ensure_ascii=False, indent=2)
