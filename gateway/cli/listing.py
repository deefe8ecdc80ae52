"""``jsg listing``: the procedure of a wage-arrears listing, step by step, and its whole life at a glance."""

from __future__ import annotations

import csv
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import listing_pb2 as pb

from adapters.errors import GatewayError
from formats.civil import SHANGHAI, parse_instant
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.listing_commands import COMMANDS
from gateway.cli.listing_print import add_print
from gateway.cli.listing_refusal import explain
from gateway.cli.listing_show import show_listing, show_standing
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2


def register(subparsers: Subparsers) -> None:
    """Add ``listing`` with its commands."""
    listing = subparsers.add_parser("listing", help="the procedure of a wage-arrears listing")
    commands = listing.add_subparsers(required=True, metavar="COMMAND")
    for name, spec in COMMANDS.items():
        parser = command(commands, name, spec.say, f"jsg listing {name} {spec.example}", run_step)
        parser.set_defaults(command=name)
        if spec.acts:
            parser.add_argument("act", choices=list(spec.acts), help="which step")
        parser.add_argument("listing_id", metavar="LISTING", help="id of the listing")
        parser.add_argument("--authority", required=True, help="authority whose listing it is")
        parser.add_argument("--document", required=True, help="document number of the step")
        today = datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()
        parser.add_argument(
            "--on", type=day, default=today, metavar="YYYY-MM-DD", help="day of the step (default: today)"
        )
        parser.add_argument("--officer", default=account(), help="who takes it (default: the account logged in)")
        parser.add_argument("--request-id", default="", help="id of the step; the same again changes nothing")
        for flag, field, say in spec.options:
            kind, shown = (day, "YYYY-MM-DD") if field.endswith("_on") else (str, flag.upper())
            parser.add_argument(f"--{flag}", dest=field, type=kind, default="", metavar=shown, help=say)
        if name in {"decide", "deliver"}:
            say = "CSV of document type, number, name: whom it concerns; - for standard input"
            parser.add_argument("--persons", metavar="FILE", default="", help=say)
        if name == "deliver":
            parser.add_argument("--at", default="", metavar="INSTANT", help="instant, such as 2026-03-02T01:30:00Z")
    show = command(commands, "show", "the whole life of a listing", "jsg listing show L-17", run_show)
    show.add_argument("listing_id", metavar="LISTING", help="id of the listing")
    show.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")
    add_print(commands)


def run_step(arguments: argparse.Namespace) -> int:
    """Take one step and print where the listing then stands."""
    try:
        request = request_of(arguments)
    except (ValueError, OSError) as error:
        print(f"jsg listing: {error}", file=sys.stderr)
        return USAGE
    rpc = COMMANDS[arguments.command].rpc
    try:
        with connect(arguments, client_file(arguments).feeds[FEED]) as client:
            response = client.registry(rpc, request, getattr(pb, f"{rpc}Response"))
    except GatewayError as error:
        for line in explain(error, COMMANDS[arguments.command]):
            print(line, file=sys.stderr)
        raise
    if arguments.json:
        _print_json(response)
    else:
        show_standing(response.standing)
        print(f"  版本 revision   {response.data_revision}")
    return OK


def run_show(arguments: argparse.Namespace) -> int:
    """Print the whole life of a listing."""
    request = pb.GetListingRequest(listing_id=arguments.listing_id, officer=arguments.officer)
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        response = client.registry("GetListing", request, pb.GetListingResponse)
    if arguments.json:
        _print_json(response)
    else:
        show_listing(response)
    return OK


def request_of(arguments: argparse.Namespace) -> Any:  # noqa: ANN401 - one of nine requests
    """Return the request that the command line asks for.

    Raises:
        ValueError: An instant or a person cannot be read.
        OSError: The file of persons cannot be read.
    """
    spec = COMMANDS[arguments.command]
    request = getattr(pb, f"{spec.rpc}Request")(
        step=pb.ListingStep(
            request_id=arguments.request_id or str(uuid.uuid4()),
            listing_id=arguments.listing_id,
            authority=arguments.authority,
            document_number=arguments.document,
            on=arguments.on,
            officer=arguments.officer,
        )
    )
    if spec.acts:
        request.act = int(spec.acts[arguments.act])
    for _, field, _ in spec.options:
        setattr(request, field, getattr(arguments, field))
    persons = _persons(arguments.persons) if getattr(arguments, "persons", "") else []
    if spec.rpc == "DecideListing":
        request.persons.extend(persons)
    elif len(persons) > 1:
        raise ValueError("--persons: a decision is delivered to one person at a time")
    elif persons:
        request.person.CopyFrom(persons[0])
    if getattr(arguments, "at", ""):
        request.at.FromDatetime(parse_instant(arguments.at))
    return request


def _persons(name: str) -> list[pb.PersonRef]:
    """Read persons from a file: numbers on a command line would stay in its history."""
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    persons = []
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        if len(row) != 3:
            raise ValueError(f"--persons: line {number} is not document type, number, name")
        kind, document, person = (cell.strip() for cell in row)
        persons.append(pb.PersonRef(name=person, document_type=kind, document_number=document))
    return persons


def _print_json(response: Any) -> None:  # noqa: ANN401 - one of ten responses
    print(json_format.MessageToJson(response, preserving_proto_field_name=True, ensure_ascii=False))
