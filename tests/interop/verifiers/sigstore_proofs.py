"""sigstore's Merkle check: inclusion proofs, as it checks those of its own log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from flips import Files, judge
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError


def accepts(files: Files) -> bool:
    """Tell whether it accepts all proofs."""
    for place, proof in enumerate(PROOFS):
        hashes = files[f"{place}/hashes"]
        inclusion = SimpleNamespace(
            log_index=proof["index"],
            tree_size=proof["size"],
            root_hash=files[f"{place}/root"],
            hashes=[hashes[at : at + 32] for at in range(0, len(hashes), 32)],
        )
        inner = SimpleNamespace(inclusion_proof=inclusion, canonicalized_body=files[f"{place}/entry"])
        try:
            verify_merkle_inclusion(SimpleNamespace(_inner=inner))
        except VerificationError:
            return False
    return True


PROOFS = json.loads((Path(sys.argv[1]) / "inclusion.json").read_text(encoding="utf-8"))
given = {}
for number, each in enumerate(PROOFS):
    given[f"{number}/entry"] = bytes.fromhex(each["entry"])
    given[f"{number}/root"] = bytes.fromhex(each["root"])
    given[f"{number}/hashes"] = bytes.fromhex("".join(each["hashes"]))
judge(given, accepts)
