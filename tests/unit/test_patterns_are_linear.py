"""Texts made to keep a pattern busy: reading one takes time in proportion to its length, whatever it holds."""

from __future__ import annotations

import time

import pytest

from formats.identifiers import normalise_uscc
from formats.names import normalise_name
from formats.private_numbers import find_private_number
from formats.resident_ids import find_resident_id, mask_resident_ids
from gateway.cli.import_rows import damage

SIZE = 50_000
"""Characters: eight times the longest text that a record may hold. In quadratic time it takes ten seconds and more."""
SECONDS = 1.0
UNITS = (
    *("A", "1", "X", "示", "电话", "@", ".", "-", " ", "\u2010", "\u3000", "(", "0"),
    *("A@", "1 ", "1-", "1X", "6222 ", "138 ", "0719-", "86 1", "A.", "１", "'="),
)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "read",
    [
        find_private_number,
        find_resident_id,
        normalise_uscc,
        mask_resident_ids,
        damage,
        lambda text: normalise_name(text + "x"),
    ],
)
def test_a_long_text_is_read_in_linear_time(read, unit):
    text = unit * (SIZE // len(unit))
    begun = time.process_time()
    read(text)
    read(f"1{text}1")

    assert time.process_time() - begun < SECONDS
