"""Whatever makes an answer UNVERIFIABLE is told in words of both languages."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.cli.show import DOUBTS

PROTO = Path(__file__).parents[2] / "protos/jointsanctions/v1/credit.proto"


def test_the_words_are_those_of_the_doubts_that_the_contract_names():
    (named,) = re.findall(r"// Why nothing could be said: (.*), each with", PROTO.read_text(encoding="utf-8"))
    assert set(re.findall(r"[A-Z_]{5,}", named)) == set(DOUBTS)
    assert all(re.search("[\u4e00-\u9fff]", words) and re.search("[a-z]", words) for words in DOUBTS.values())
