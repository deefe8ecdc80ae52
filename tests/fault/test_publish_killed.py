"""Kill −9 in the midst of writing public pages: what is served is one whole generation, always."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from published import feed, item

from gateway.cli.publish_folder import CURRENT, FEED, MANIFEST, Folder

KILLS = 24
WRITER = """
import itertools, sys
from pathlib import Path
from published import feed, item
from gateway.cli.publish_folder import Folder
with Folder(Path(sys.argv[1])) as folder:
    for number in itertools.count(int(sys.argv[2])):
        folder.write(feed(*(item(place) for place in range(number % 7, number % 7 + 9)), revision=number))
        print(number, flush=True)
"""


def whole(folder):
    """Return the revision that is served, once every file is seen to be that generation's."""
    current = folder / CURRENT
    files = json.loads((current / MANIFEST).read_text())["files"]
    assert {file.name for file in current.iterdir()} == {*files, MANIFEST}
    for name, said in files.items():
        assert hashlib.sha256((current / name).read_bytes()).hexdigest() == said["sha256"], name
    shown = json.loads((current / FEED).read_text())
    assert {f"{each['item_id']}.html" for each in shown["items"]} == {name for name in files if name[:5] == "item-"}
    return shown["revision"]


def being_written(folder):
    """Return how many files the generation has that is not served yet; 0 when there is none."""
    served = (folder / CURRENT).readlink().name
    return max((files_in(path) for path in folder.glob("generation-*") if path.name != served), default=0)


def files_in(generation):
    """Return how many files a generation has; 0 when the writer that runs has just cleared the old one away."""
    try:
        return sum(1 for _ in generation.iterdir())
    except FileNotFoundError:
        return 0


def test_a_killed_writer_leaves_a_whole_folder_every_time(tmp_path):
    out = tmp_path / "public"
    with Folder(out) as folder:
        folder.write(feed(item(1), revision=1))
    newest, caught = 1, set()
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    for kill in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(out), str(newest + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=paths, text=True) as writer:
            writer.stdout.readline()
            while being_written(out) < 1 + kill % 12:
                assert writer.poll() is None
            writer.kill()
            writer.wait()
        caught.add(being_written(out))
        revision = whole(out)
        assert revision > newest
        newest = revision
    assert len(caught) > 2, "it was killed at different moments of its writing"
    with Folder(out) as folder:
        assert folder.last().revision == newest
        folder.write(feed(item(3), revision=newest + 1))
    assert whole(out) == newest + 1
    assert {path.name for path in out.iterdir()} == {".lock", CURRENT, (out / CURRENT).readlink().name}
