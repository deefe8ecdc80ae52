"""``jsg audit export``: recorded calls as a folder that proves itself, on this machine and on any other."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import export_pb2, receipt_pb2

from formats.access_export import ROWS_FILES, ExportError
from formats.note import parse_key
from formats.receipt import ReceiptError, decode_receipt
from gateway.cli.access_options import add_filter, with_filter
from gateway.cli.connection import client_file, command, connect
from gateway.cli.export_folder import ExportFolder
from gateway.cli.export_verify import verify_export
from gateway.domain.access_export import ExportFormat
from gateway.security.log_keys import holds

if TYPE_CHECKING:
    import argparse

    from adapters.client import GatewayClient
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    example = "jsg audit export --uscc 91420399MA00K2UM2D --format csv --out looked"
    parser = command(commands, "export", "write what a search finds, with its proofs, to a new folder", example, run)
    add_filter(parser)
    parser.add_argument("--format", dest="form", required=True, choices=sorted(ROWS_FILES), help="how rows are written")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="new folder; it appears when whole")


def run(arguments: argparse.Namespace) -> int:
    """Export, fetch the receipt of the export, verify the folder, and give it its name."""
    request = with_filter(export_pb2.ExportAccessRequest(), arguments)
    request.format = int(ExportFormat[arguments.form.upper()])  # type: ignore[assignment]  # the same numbers
    with (
        ExportFolder(arguments.out, arguments.form) as folder,
        connect(arguments, client_file(arguments).audit_reader) as client,
    ):
        try:
            said = _export(client, request, folder)
        except (ExportError, ReceiptError, OSError) as error:
            print(f"jsg audit export: {error}", file=sys.stderr)
            return ERROR
    if arguments.json:
        print(json.dumps({"folder": str(arguments.out), **said}, ensure_ascii=False))
    else:
        print(f"导出 exported: {arguments.out}\n  行数 rows {said['rows']}, 记录于 recorded {said['recorded']}")
    return OK


def _export(client: GatewayClient, request: export_pb2.ExportAccessRequest, folder: ExportFolder) -> dict[str, object]:
    part = export_pb2.ExportAccessResponse()
    for part in client.export_access(request):
        folder.add(part.content, part.proofs)
    if part.WhichOneof("part") != "manifest":
        raise ExportError("the export was broken off: it has no manifest")
    end = part.audit_position
    wanted = receipt_pb2.GetReceiptRequest(
        writer=end.writer, number=end.number, leaf_hash=end.leaf_hash, officer=request.searched_by
    )
    receipt = client.receipt(wanted).receipt
    folder.complete(part.manifest, receipt)
    # That all of it fits together is seen here; whether these keys are the logs' own, whoever has those knows.
    keys = {decode_receipt(receipt).key, *(log["key"] for log in json.loads(part.manifest)["logs"])}
    said = verify_export(folder.aside, [parse_key(key) for key in sorted(keys)], holds)
    folder.finish()
    return said
