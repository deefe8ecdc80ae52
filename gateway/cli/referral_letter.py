"""``jsg referral letter``: the drafts of the letters that go with a referral, as DOCX to work on or as PDF to print."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import SettingsError
from adapters.justice.durable import written_whole
from adapters.justice.folder import read_folder
from adapters.justice.parts import case_of, parts_of
from adapters.letters.case_file import CaseFile, ListedMaterial, Names
from adapters.letters.contesting import reconsideration_letter, supervision_letter
from adapters.letters.referring import copy_letter, referral_letter
from console.printing.letter import letter_page
from gateway.cli.connection import command
from gateway.cli.print_page import SUFFIX, add_fonts, printer
from gateway.cli.referral_options import HRSS, OK, add_common, speaking, told

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from adapters.justice.party import Party
    from adapters.letters.draft import Draft
    from gateway.cli.connection import Subparsers

LETTERS: Final[Mapping[str, Callable[[CaseFile], Draft]]] = {
    "referral": referral_letter,
    "copy": copy_letter,
    "reconsideration": reconsideration_letter,
    "supervision": supervision_letter,
}
"""By the word that is typed."""


def register(commands: Subparsers) -> None:
    """Add the command to those of ``referral``."""
    example = "jsg referral letter YS-2026-7 referral --folder evidence/ --out letter.docx"
    made = command(commands, "letter", "the draft of a letter, as DOCX or PDF", example, told(run))
    add_common(made, HRSS, writes=False)
    made.add_argument("letter", choices=list(LETTERS), help="which one")
    made.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="what is written, and is not there yet: .pdf for paper, anything else as DOCX",
    )
    made.add_argument(
        "--folder", type=Path, default=None, help="files with dossier.toml, for the list of materials with their titles"
    )
    made.add_argument("--sender", default="", metavar="NAME", help="the referring agency, as it signs")
    made.add_argument("--to", default="", metavar="NAME", help="to whom the letter goes, as it is addressed")
    made.add_argument("--debtor", default="", metavar="NAME", help="who owes, as it is registered")
    add_fonts(made)


def run(arguments: argparse.Namespace) -> int:
    """Write a letter from the case as it stands.

    Raises:
        SettingsError: The library for documents is not installed.
    """
    if arguments.out.exists():
        raise FileExistsError(errno.EEXIST, "已存在 is there already", str(arguments.out))
    written = _writer(arguments)
    with speaking(arguments) as party:
        shown = case_of(party, arguments.referral)
        materials = _listed(arguments.folder) if arguments.folder else _sent(party, shown)
    names = Names(arguments.sender, arguments.to, arguments.debtor)
    content = written(LETTERS[arguments.letter](CaseFile(shown, names, materials)))
    with written_whole(arguments.out) as file:
        file.write(content)
    if arguments.json:
        print(json.dumps({"file": str(arguments.out), "bytes": len(content)}))
    else:
        print(f"{arguments.out}  {len(content)} B  草稿 draft")
    return OK


def _writer(arguments: argparse.Namespace) -> Callable[[Draft], bytes]:
    """Return what makes a document of a draft.

    Raises:
        SettingsError: The library for it is not installed.
    """
    if arguments.out.suffix.lower() == SUFFIX:
        write_pdf = printer(arguments.fonts)
        return lambda draft: write_pdf(letter_page(draft, arguments.referral))
    try:
        from adapters.letters.docx_file import write_docx  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "起草文书需安装扩展letters（python-docx） letters need the extra `letters` (python-docx)"
        ) from error
    return write_docx


def _listed(folder: Path) -> list[ListedMaterial]:
    return [ListedMaterial(file.title, file.material, file.evidence) for file in read_folder(folder)]


def _sent(party: Party, shown: pb.GetReferralResponse) -> list[ListedMaterial]:
    """Return what was sent, by the ids of the files: titles are sealed with the facts of the case."""
    if not any(each.step.kind == pb.REFERRAL_ACT_KIND_SENDING for each in shown.steps):
        return []
    parts = parts_of(party, shown.referral.referral_id, shown.referral.agency)
    return [
        ListedMaterial(item.item_id, item.material, item.evidence) for part in parts for item in part.manifest.items
    ]
