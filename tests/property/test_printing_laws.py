"""Laws of printing: what is said is on the page as text, or the page is refused and says which character it lacks."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from printed import read_pdf, squeezed
from printing_samples import any_page

from console.printing.model import PrintError
from console.printing.pdf import plain, write_pdf

NAMED = re.compile(r"U\+([0-9A-F]{4,6})")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_a_text_is_on_the_page_or_its_character_is_named(text):
    try:
        shown = read_pdf(write_pdf(any_page(text)))
    except PrintError as error:
        named = {chr(int(each, 16)) for each in NAMED.findall(str(error))}
        assert named & set(text)
    else:
        assert squeezed(plain(text)) in shown.text
        assert shown.outside == ()
        assert shown.active == 0
