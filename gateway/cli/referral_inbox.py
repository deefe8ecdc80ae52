"""``jsg referral inbox``, ``watch`` and ``acknowledge``: what an agency receives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import referral_pb2 as pb

from adapters.justice.following import collect, follow
from adapters.justice.inbox_book import InboxBook
from gateway.cli.connection import command
from gateway.cli.outcome_lists import print_json
from gateway.cli.referral_options import OK, POLICE, add_common, now, place_of, request_id, speaking, told
from gateway.cli.referral_show import show_entry

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

PAGE: Final = 200
BOOK: Final = "inbox.sqlite"


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``referral``."""
    inbox = command(commands, "inbox", "what is not acknowledged", "jsg referral inbox --party police", told(run_inbox))
    watch = command(
        commands,
        "watch",
        "follow what arrives: kept on one's own side first, acknowledged then",
        "jsg referral watch --party police",
        told(run_watch),
    )
    watch.add_argument("--once", action="store_true", help="end when all that waits has been told")
    watch.add_argument("--kept", action="store_true", help="print what is kept, and ask nobody")
    for parser in (inbox, watch):
        add_common(parser, POLICE, case=False, writes=False)
    acknowledge = command(
        commands,
        "acknowledge",
        "say that entries are kept on one's own side by other means than watch",
        "jsg referral acknowledge 12 13 --party court",
        told(run_acknowledge),
    )
    acknowledge.add_argument("places", nargs="+", type=int, metavar="PLACE", help="number of the entry")
    add_common(acknowledge, POLICE, case=False)


def run_inbox(arguments: argparse.Namespace) -> int:
    """Print what is not acknowledged, oldest first; nothing is kept by it."""
    request = pb.ListInboxRequest(officer=arguments.officer, page_size=PAGE)
    found = pb.ListInboxResponse()
    with speaking(arguments) as party:
        while True:
            page = party.client.referral("ListInbox", request, pb.ListInboxResponse)
            found.MergeFrom(page)
            if not page.more:
                break
            request.after_place = page.entries[-1].place
    found.ClearField("more")
    if not print_json(arguments, found):
        for entry in found.entries:
            show_entry(entry)
        print(f"{len(found.entries)} 条未签收 not acknowledged")
    return OK


def run_watch(arguments: argparse.Namespace) -> int:
    """Print each entry once it is kept, and acknowledge it then; with ``--kept`` what was kept before."""
    with InboxBook(place_of(arguments) / BOOK) as book:
        if arguments.kept:
            for entry in book.entries():
                _show(arguments, entry)
            return OK
        try:
            with speaking(arguments) as party:
                for entry in (collect if arguments.once else follow)(party, book, now):
                    _show(arguments, entry)
        except KeyboardInterrupt:
            pass  # that is how a watch ends
    return OK


def run_acknowledge(arguments: argparse.Namespace) -> int:
    """Acknowledge entries by their places."""
    request = pb.AcknowledgeInboxRequest(
        request_id=request_id(arguments), officer=arguments.officer, places=list(dict.fromkeys(arguments.places))
    )
    with speaking(arguments) as party:
        response = party.client.referral("AcknowledgeInbox", request, pb.AcknowledgeInboxResponse)
    if not print_json(arguments, response):
        print(f"{response.acknowledged} 条已签收 acknowledged")
    return OK


def _show(arguments: argparse.Namespace, entry: pb.InboxEntry) -> None:
    """Print an entry at once: one line of JSON, or text."""
    if arguments.json:
        print(json_format.MessageToJson(entry, preserving_proto_field_name=True, ensure_ascii=False, indent=None))
    else:
        show_entry(entry)
    sys.stdout.flush()
