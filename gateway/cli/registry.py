"""``jsg registry``: a producer confirms a feed, attaches a held record, withdraws one, or reads a whole file."""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import record_pb2, registry_pb2, shown_repair_pb2, withdrawal_pb2

from formats.civil import SHANGHAI
from gateway.cli import registry_file
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.domain.vocabulary import RowStatus

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers
    from gateway.settings.client_file import ClientFile

OK, ERROR, USAGE = 0, 1, 2


def register(subparsers: Subparsers) -> None:
    """Add ``registry`` with its commands."""
    registry = subparsers.add_parser("registry", help="what a producer does beside importing")
    commands = registry.add_subparsers(required=True, metavar="COMMAND")
    confirm = command(
        commands, "confirm", "say that feeds are complete up to now", "jsg registry confirm wage_list", run_confirm
    )
    confirm.add_argument("feeds", nargs="+", metavar="FEED", help="feed, as in client.toml")
    attach = command(
        commands,
        "attach",
        "attach a held record to its enterprise",
        "jsg registry attach published_notice-… 91420300MA10004470 --feed publications \\\n"
        "    --authority 人社局 --document 1号",
        run_attach,
    )
    attach.add_argument("record_id", metavar="RECORD", help="id of the held record, from the import's report")
    attach.add_argument("uscc", metavar="USCC", help="code of the enterprise that it belongs to")
    attach.add_argument("--feed", required=True, help="feed that the record came by")
    attach.add_argument("--authority", required=True, help="who decides that it belongs there")
    attach.add_argument("--document", required=True, help="document number of that decision")
    detach = command(
        commands,
        "detach",
        "take a record from the enterprise that it was attached to: it is held without one again",
        "jsg registry detach published_notice-… --feed publications --authority 人社局 --document 1号",
        run_attach,
    )
    detach.set_defaults(uscc="")
    detach.add_argument("record_id", metavar="RECORD", help="id of the record that was attached")
    detach.add_argument("--feed", required=True, help="feed that the record came by")
    detach.add_argument("--authority", required=True, help="who decides that it does not belong there")
    detach.add_argument("--document", required=True, help="document number of that decision")
    withdraw = command(
        commands,
        "withdraw",
        "withdraw a publication or a penalty that was changed or revoked",
        "jsg registry withdraw penalty-… --feed labour_inspection --kind penalty \\\n"
        "    --authority 示例市人力资源和社会保障局 \\\n"
        "    --document 撤销〔2026〕1号 --on 2026-03-02 --reason 处罚决定被撤销 --void",
        run_withdraw,
    )
    extent = withdraw.add_mutually_exclusive_group(required=True)
    extent.add_argument("--void", action="store_true", help="it weighs at no moment")
    extent.add_argument(
        "--until", type=day, default="", metavar="YYYY-MM-DD", help="first day on which it does not hold"
    )
    reject = command(
        commands,
        "reject-shown-repair",
        "reject a repair of a publication or penalty that the credit platform shows",
        "jsg registry reject-shown-repair penalty-… --feed labour_inspection --kind penalty \\\n"
        "    --authority 示例市人社局 --document 核查〔2026〕1号 --on 2026-03-02 --reason 平台记录有误",
        run_reject,
    )
    for parser in (withdraw, reject):
        parser.add_argument("record_id", metavar="RECORD", help="id of the record, as its enterprise's record shows it")
        parser.add_argument("--feed", required=True, help="feed that the record came by")
        parser.add_argument("--kind", required=True, choices=["publication", "penalty"], help="kind of the record")
        parser.add_argument("--authority", required=True, help="authority that made the record")
        parser.add_argument("--document", required=True, help="document number of the decision")
        parser.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD", help="day of the decision")
        parser.add_argument("--reason", required=True, help="why; of a withdrawal, as it is made public")
    for parser in (confirm, attach, detach, withdraw, reject):
        parser.add_argument("--officer", default=account(), help="who does it")
    registry_file.register(commands)


def run_confirm(arguments: argparse.Namespace) -> int:
    """Confirm each feed as its producer."""
    file = client_file(arguments)
    for feed in arguments.feeds:
        if (who := _producer(file, feed)) is None:
            return USAGE
        request = registry_pb2.ConfirmCurrentRequest(request_id=str(uuid.uuid4()), feed=feed, officer=arguments.officer)
        request.current_until.FromDatetime(datetime.now(UTC))
        with connect(arguments, who) as client:
            response = client.confirm_current(request)
        _print(response, arguments, f"{feed}: confirmed at data revision {response.data_revision}")
    return OK


def run_attach(arguments: argparse.Namespace) -> int:
    """Attach one record, or without a code detach it; 1 when the gateway refuses it."""
    if (who := _producer(client_file(arguments), arguments.feed)) is None:
        return USAGE
    record = record_pb2.Record(
        row=1,
        source_key=arguments.record_id,
        uscc=arguments.uscc,
        authority=arguments.authority,
        document_number=arguments.document,
        attachment=record_pb2.Attachment(
            record_id=arguments.record_id,
            decided_on=datetime.now(UTC).astimezone(SHANGHAI).date().isoformat(),
            detached=not arguments.uscc,
        ),
    )
    request = registry_pb2.SubmitRecordsRequest(
        request_id=str(uuid.uuid4()), feed=arguments.feed, records=[record], officer=arguments.officer, last=True
    )
    with connect(arguments, who) as client:
        response = client.submit(iter([request]))
    for row in response.rows:
        print(f"{RowStatus(row.status).name}: {row.field}: {row.why.en} · {row.why.zh}", file=sys.stderr)
    done = "attached" if arguments.uscc else "detached"
    _print(response, arguments, f"{done} at data revision {response.data_revision}" if not response.rows else "")
    return OK if not response.rows else ERROR


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Withdraw one record."""
    if (who := _producer(client_file(arguments), arguments.feed)) is None:
        return USAGE
    request = withdrawal_pb2.WithdrawRecordRequest(
        request_id=str(uuid.uuid4()),
        record_id=arguments.record_id,
        kind=arguments.kind,
        authority=arguments.authority,
        document_number=arguments.document,
        decided_on=arguments.on,
        reason=arguments.reason,
        officer=arguments.officer,
    )
    if arguments.void:
        request.void_from_start = True
    else:
        request.holds_until = arguments.until
    with connect(arguments, who) as client:
        response = client.registry("WithdrawRecord", request, withdrawal_pb2.WithdrawRecordResponse)
    late = ", LATE" if response.late else ""
    until = f"correct what was published by {response.correct_by}{late}"
    _print(response, arguments, f"withdrawn at data revision {response.data_revision}; {until}")
    return OK


def run_reject(arguments: argparse.Namespace) -> int:
    """Reject what the platform shows of one record."""
    if (who := _producer(client_file(arguments), arguments.feed)) is None:
        return USAGE
    request = shown_repair_pb2.RejectShownRepairRequest(
        request_id=str(uuid.uuid4()),
        record_id=arguments.record_id,
        kind=arguments.kind,
        authority=arguments.authority,
        document_number=arguments.document,
        decided_on=arguments.on,
        reason=arguments.reason,
        officer=arguments.officer,
    )
    with connect(arguments, who) as client:
        response = client.registry("RejectShownRepair", request, shown_repair_pb2.RejectShownRepairResponse)
    _print(response, arguments, f"rejected at data revision {response.data_revision}")
    return OK


def _producer(file: ClientFile, feed: str) -> str | None:
    who = file.feeds.get(feed)
    if who is None:
        print(f"jsg registry: {feed!r} is none of {', '.join(file.feeds)}", file=sys.stderr)
    return who


def _print(
    response: registry_pb2.ConfirmCurrentResponse
    | registry_pb2.SubmitRecordsResponse
    | withdrawal_pb2.WithdrawRecordResponse
    | shown_repair_pb2.RejectShownRepairResponse,
    arguments: argparse.Namespace,
    text: str,
) -> None:
    if arguments.json:
        print(json_format.MessageToJson(response, preserving_proto_field_name=True, ensure_ascii=False))
    elif text:
        print(text)
