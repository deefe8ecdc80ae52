"""``aics-tlog``: inclusion proofs, and the consistency proof between two checkpoints."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from aics_tlog import parse_note, verify_consistency, verify_leaf_inclusion
from aics_tlog.checkpoint import checkpoint_from_note
from flips import Files, judge


def accepts(files: Files) -> bool:
    """Tell whether it accepts all proofs."""
    for place, proof in enumerate(PROOFS):
        hashes = split(files[f"{place}/hashes"])
        root = files[f"{place}/root"]
        if not verify_leaf_inclusion(files[f"{place}/entry"], proof["index"], proof["size"], hashes, root):
            return False
    old, new = files["old root"], files["new root"]
    return verify_consistency(EARLIER.size, LATER.size, old, new, split(files["consistency"]))


def split(content: bytes) -> list[bytes]:
    """Return hashes of 32 bytes."""
    return [content[place : place + 32] for place in range(0, len(content), 32)]


folder = Path(sys.argv[1])
PROOFS = json.loads((folder / "inclusion.json").read_text(encoding="utf-8"))
EARLIER, LATER = (
    checkpoint_from_note(parse_note(file.read_bytes()))[0] for file in (folder / "earlier", folder / "log/checkpoint")
)
given = {"old root": EARLIER.root, "new root": LATER.root}
given["consistency"] = bytes.fromhex("".join(json.loads((folder / "consistency.json").read_text(encoding="utf-8"))))
for number, each in enumerate(PROOFS):
    given[f"{number}/entry"] = bytes.fromhex(each["entry"])
    given[f"{number}/root"] = bytes.fromhex(each["root"])
    given[f"{number}/hashes"] = bytes.fromhex("".join(each["hashes"]))
judge(given, accepts)
