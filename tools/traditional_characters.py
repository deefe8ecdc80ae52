"""Prints ``formats/traditional.py``: the traditional characters of names and what they are in simplified script.

The correspondence is what OpenCC (Apache-2.0) makes of each character alone. Only characters that mean one thing are
taken: one that simplified script itself has, such as 乾 in 乾隆, is left as it is, or two names would become one.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from opencc import OpenCC

PAIRS_A_LINE: Final = 24
STANDARD_AGAIN: Final = frozenset("於昇陞甦甯寀吒氾逕薹蘋鍾麴")
"""Of characters that GB 2312 lacks, those that the table of standard characters of 2013 has as such, for names."""
HEAD: Final = '''"""Traditional characters and what each is in simplified script, for comparing names.

Printed by ``tools/traditional_characters.py`` from what OpenCC (Apache-2.0) makes of each character alone; a test makes
it anew. Frozen here, because normal forms are stored: they must not follow a library's dictionaries. Characters that
simplified script has as well, as 乾 in 乾隆, are not in it.
"""

from __future__ import annotations

from typing import Final

PAIRS: Final = (
'''
TAIL: Final = ''')
"""Pairs of characters: the traditional one, then the simplified one."""

TO_SIMPLIFIED: Final = str.maketrans(PAIRS[::2], PAIRS[1::2])
"""For ``str.translate``."""
'''


def pairs() -> list[str]:
    """Return the pairs in order of the traditional character, each as a text of two characters."""
    convert = OpenCC("t2s").convert
    found = []
    for character in map(chr, range(0x3400, 0xA000)):
        if not _writable(character, "big5hkscs") or _writable(character, "gb2312") or character in STANDARD_AGAIN:
            continue
        simple = convert(character)
        if simple != character and len(simple) == 1 and _writable(simple, "gb18030") and _plain(character + simple):
            found.append(character + simple)
    # What another becomes is simplified, whatever else it was: 薴 is 苧, and 苧 alone was 苎.
    simplified = {pair[1] for pair in found}
    return [pair for pair in found if pair[0] not in simplified]


def module() -> str:
    """Return the text of the module."""
    found = pairs()
    lines = ["".join(found[at : at + PAIRS_A_LINE]) for at in range(0, len(found), PAIRS_A_LINE)]
    return HEAD + "".join(f'    "{line}"\n' for line in lines) + TAIL


def _writable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plain(text: str) -> bool:
    """Return whether folding by NFKC leaves the text, and its characters need no surrogates."""
    return unicodedata.normalize("NFKC", text) == text and max(text) <= "\uffff"


if __name__ == "__main__":
    print(module(), end="")
