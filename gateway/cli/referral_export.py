"""``jsg referral export`` and ``verify``: a dossier as one file that others open and everybody can verify."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.dossier.signing import authorities
from adapters.justice.export_check import check_export
from adapters.justice.exporting import export
from gateway.cli.connection import command
from gateway.cli.referral_options import OK, POLICE, add_common, keyring_of, now, speaking, told
from gateway.cli.show import local_instant

if TYPE_CHECKING:
    import argparse

    from adapters.justice.export_check import CheckedExport
    from gateway.cli.connection import Subparsers


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``referral``."""
    example = "jsg referral export YS-2026-7 YS-2026-7.asice --party police"
    made = command(commands, "export", "a dossier as one signed file (ASiC-E)", example, told(run_export))
    add_common(made, POLICE, writes=False)
    made.add_argument("file", type=Path, metavar="FILE", help="what is written, and is not there yet")
    made.add_argument(
        "--from",
        dest="folder",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="where `download` put the opened files (default: they are fetched beside FILE, and removed then)",
    )
    example = "jsg referral verify YS-2026-7.asice --authorities ca-bundle.pem"
    checked = command(commands, "verify", "verify such a file, off line", example, told(run_verify))
    checked.add_argument("file", type=Path, metavar="FILE", help="what export wrote")
    checked.add_argument(
        "--authorities", type=Path, required=True, metavar="FILE", help="PEM: certificates of the city's authorities"
    )


def run_export(arguments: argparse.Namespace) -> int:
    """Write what the party can open into one file."""
    with tempfile.TemporaryDirectory(prefix=f".{arguments.file.name}.", dir=arguments.file.parent) as beside:
        going = (arguments.file, arguments.folder or Path(beside), now())
        with speaking(arguments) as party:
            files = export(party, keyring_of(arguments), arguments.referral, going)
    if arguments.json:
        print(json.dumps([{"file": file.name, "bytes": file.size} for file in files]))
    else:
        for file in files:
            print(f"{file.name}  {file.size} B")
        print(f"{arguments.file}  {len(files)} 个文件 files  已导出并签名 exported and signed")
    return OK


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify a file by itself, and print what it proves."""
    found = check_export(arguments.file, authorities(arguments.authorities))
    if arguments.json:
        print(json.dumps(_shown(found)))
        return OK
    print(f"{found.referral_id}  已核验 verified")
    for part, signer in zip(found.parts, found.signers, strict=True):
        made = local_instant(part.manifest.made_at)
        print(f"  第 {part.manifest.part} 次移送 part {part.manifest.part}  {made}  签名 signed by {signer}")
    for file in found.files:
        print(f"  {file.name}  {file.item.content_bytes} B  {file.item.material}  {file.item.evidence}")
    for number, item in found.absent:
        print(f"  {number}-{item.item_id}  不在本文件中 not in this file: 导出单位不能打开 the exporter cannot open it")
    for number in found.absent_parts:
        print(f"  第 {number} 次移送不在本文件中 part {number} is not in this file")
    print(f"  导出 exported  {local_instant(found.at)}  签名 signed by {found.exporter}")
    return OK


def _shown(found: CheckedExport) -> dict[str, object]:
    return {
        "referral_id": found.referral_id,
        "exporter": found.exporter,
        "exported_at": found.at.isoformat(),
        "parts": [
            {"part": part.manifest.part, "made_at": part.manifest.made_at.isoformat(), "signer": signer}
            for part, signer in zip(found.parts, found.signers, strict=True)
        ],
        "files": [{"file": file.name, "item_id": file.item.item_id, "part": file.part} for file in found.files],
        "absent_parts": found.absent_parts,
        "absent": [{"part": part, "item_id": item.item_id} for part, item in found.absent],
    }
