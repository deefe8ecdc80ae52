"""``jsg import list|show|approve|discard|revoke``: imports as batches, by whoever's certificate ``--as`` names."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import import_batch_pb2 as pb

from adapters.errors import GatewayError
from gateway.cli.account import account
from gateway.cli.connection import CommandParser, client_file, connect
from gateway.cli.import_staging import STATES, as_json, difference_lines
from gateway.cli.show import local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from google.protobuf.message import Message

    from adapters.client import GatewayClient

OK, ERROR, WAITS = 0, 1, 4
PERSON: Final = "--as hrss.producer.wang"


def register(parser: argparse.ArgumentParser) -> None:
    """Add the words to the parser of ``import``."""
    assert isinstance(parser, CommandParser)  # noqa: S101 - main makes all of them so
    listing = _word(parser, "list", "list imports, the newest first", "jsg import list --waiting", run_list)
    listing.add_argument("--waiting", action="store_true", help="only those that wait for a decision")
    listing.add_argument("--limit", type=int, default=100, help="imports a page (default 100)")
    listing.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    show = _word(parser, "show", "show what an import would change", "jsg import show batch-…", run_show, batch=True)
    show.add_argument("--limit", type=int, default=100, help="enterprises a page (default 100)")
    show.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    approve = _word(
        parser,
        "approve",
        "approve an import as it was shown, and apply it",
        f"jsg {PERSON} import approve batch-… --difference 0f3a…",
        run_approve,
        batch=True,
    )
    approve.add_argument(
        "--difference", required=True, metavar="DIGEST", help="the difference that was shown, 8 characters or more"
    )
    discard = _word(
        parser,
        "discard",
        "discard a staged import",
        'jsg import discard batch-… --reason "wrong file"',
        run_discard,
        batch=True,
    )
    discard.add_argument("--reason", required=True, help="why")
    revoke = _word(
        parser,
        "revoke",
        "revoke an import: what it brought and nobody changed since is void",
        f'jsg {PERSON} import revoke batch-… --reason "wrong file" --document 撤〔2026〕1号',
        run_revoke,
        batch=True,
    )
    revoke.add_argument("--reason", required=True, help="why")
    revoke.add_argument("--document", required=True, help="document number of the decision to revoke")


def run_list(arguments: argparse.Namespace) -> int:
    """Print one page of imports."""
    request = pb.ListImportsRequest(
        officer=arguments.officer,
        waiting_only=arguments.waiting,
        page_size=arguments.limit,
        page_token=arguments.page,
    )
    with _connected(arguments) as client:
        found = client.registry("ListImports", request, pb.ListImportsResponse)
    lines = [
        f"{batch.batch}  {STATES[batch.state]}  {batch.feed}  {local(batch.begun_at)}  {batch.holder or batch.officer}"
        for batch in found.imports
    ]
    lines += [f"more: --page {found.next_page_token}"] if found.next_page_token else []
    return _print(arguments, found, lines or ["没有批次 no imports"])


def run_show(arguments: argparse.Namespace) -> int:
    """Print an import and one page of whom it would restrict or relieve."""
    with _connected(arguments) as client:
        found = _shown(client, arguments, arguments.limit, arguments.page)
    lines = list(difference_lines(found))
    lines += [f"more: --page {found.next_page_token}"] if found.next_page_token else []
    return _print(arguments, found, lines)


def run_approve(arguments: argparse.Namespace) -> int:
    """Approve what was shown; 1 and what it would change now when that is something else, 4 when another must agree."""
    with _connected(arguments) as client:
        found = _shown(client, arguments, 100)
        digest = arguments.difference
        if len(digest) >= 8 and found.difference.digest.startswith(digest):
            digest = found.difference.digest
        request = pb.ApproveImportRequest(
            request_id=_request_id(arguments, "approve", digest),
            batch=arguments.batch,
            digest=digest,
            officer=arguments.officer,
        )
        try:
            done = client.registry("ApproveImport", request, pb.ApproveImportResponse, patient=True)
        except GatewayError as error:
            if error.reason != "DIFFERENCE_CHANGED":
                raise
            print("jsg import approve: 差异已变化 DIFFERENCE_CHANGED: it would now change this:", file=sys.stderr)
            _print(arguments, found, difference_lines(_shown(client, arguments, 100)))
            return ERROR
    if done.waits_for_second_person:
        _print(arguments, done, [f"{done.batch.batch}: 待第二人审批 another person has to approve"])
        return WAITS
    counts = f"stored {done.stored}, unchanged {done.unchanged}, held {done.held}, rejected {done.rejected}"
    return _print(arguments, done, [f"{done.batch.batch}: {STATES[done.batch.state]}: {counts}"])


def run_discard(arguments: argparse.Namespace) -> int:
    """Discard an import."""
    request = pb.DiscardImportRequest(
        request_id=str(uuid.uuid4()), batch=arguments.batch, reason=arguments.reason, officer=arguments.officer
    )
    with _connected(arguments) as client:
        done = client.registry("DiscardImport", request, pb.DiscardImportResponse)
    return _print(arguments, done, [f"{done.batch.batch}: {STATES[done.batch.state]}"])


def run_revoke(arguments: argparse.Namespace) -> int:
    """Revoke an import; 4 when another person must agree before anything is void."""
    request = pb.RevokeImportRequest(
        request_id=str(uuid.uuid4()),
        batch=arguments.batch,
        reason=arguments.reason,
        document_number=arguments.document,
        officer=arguments.officer,
    )
    with _connected(arguments) as client:
        done = client.registry("RevokeImport", request, pb.RevokeImportResponse, patient=True)
    if done.waits_for_second_person:
        _print(arguments, done, [f"{done.batch.batch}: 待第二人同意 another person has to revoke it too"])
        return WAITS
    lines = [
        (
            f"{done.batch.batch}: {STATES[done.batch.state]}: void {done.voided}, of which restored {done.restored},"
            f" left {done.left}, at data revision {done.data_revision}"
        )
    ]
    lines += [f"  left 保留 {left.kind}  {left.record_id}  {left.uscc}" for left in done.left_records]
    return _print(arguments, done, lines)


def _shown(client: GatewayClient, arguments: argparse.Namespace, size: int, page: str = "") -> pb.GetImportResponse:
    request = pb.GetImportRequest(batch=arguments.batch, officer=arguments.officer, page_size=size, page_token=page)
    return client.registry("GetImport", request, pb.GetImportResponse, patient=True)


def _request_id(arguments: argparse.Namespace, what: str, digest: str) -> str:
    """Return the same id for the same word of the same caller: an approval that was broken off goes on."""
    named = f"{what}\0{arguments.caller}\0{arguments.officer}\0{arguments.batch}\0{digest}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, named))


def _connected(arguments: argparse.Namespace) -> GatewayClient:
    file = client_file(arguments)
    return connect(arguments, file.feeds.get(arguments.feed, file.records_reader))


def _print(arguments: argparse.Namespace, message: Message, lines: Iterable[str]) -> int:
    print(json.dumps(as_json(message), ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines))
    return OK


def _word(
    parser: CommandParser,
    name: str,
    say: str,
    example: str,
    run: Callable[[argparse.Namespace], int],
    *,
    batch: bool = False,
) -> argparse.ArgumentParser:
    word = argparse.ArgumentParser(
        prog=f"{parser.prog} {name}",
        description=say,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    word.add_argument("--json", action="store_true", help="print JSON")
    word.add_argument("--feed", default="", help="act as the producer of this feed (default: who reads records)")
    word.add_argument("--officer", default=account(), help="who does it (default: the account logged in)")
    if batch:
        word.add_argument("batch", metavar="BATCH", help="id of the import, as the import printed it")
    word.set_defaults(run=run)
    parser.words[name] = word
    return word
