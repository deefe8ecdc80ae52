"""``aics-tlog``: the whole log from its static files."""

from __future__ import annotations

import sys
from pathlib import Path

from aics_tlog import MemoryTileReader, parse_note, parse_vkey, verify_checkpoint
from aics_tlog.checkpoint import checkpoint_from_note
from aics_tlog.verified import audit_tiles
from flips import Files, judge, read_files


def accepts(files: Files) -> bool:
    """Tell whether it accepts the log."""
    try:
        note = parse_note(files["checkpoint"])
        if not verify_checkpoint(note, parse_vkey(KEY)).ok:
            return False
        checkpoint, _ = checkpoint_from_note(note)
        audit_tiles(MemoryTileReader(files), checkpoint.size, checkpoint.root)
    except (ValueError, OSError):
        return False
    return True


KEY = (Path(sys.argv[1]) / "vkey").read_text(encoding="utf-8").strip()
judge({name: content for name, content in read_files(Path(sys.argv[1]) / "log").items() if name != "vkey"}, accepts)
