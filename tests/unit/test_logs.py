"""One event is one line of JSON, whatever a caller got into it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SAY = """
import sys, logging
from gateway.cli import logs
logs.configure()
logging.getLogger("x").error("%s", sys.argv[1])
"""


@pytest.mark.parametrize("said", ['a\n{"event": "serving"}', "a\r\nb", "\x1b[2J", '"}\n{"', "\u2028", "示例\t"])
def test_no_text_forges_a_line_of_the_log(said):
    done = subprocess.run([sys.executable, "-c", SAY, said], capture_output=True, text=True, check=True)
    (line,) = done.stderr.strip("\n").split("\n")

    assert json.loads(line)["event"] == said
    assert not {"\x1b", "\r"} & set(line)
