"""What is read out of a document as typed and shown, and when what was printed is not what is shown."""

from __future__ import annotations

import pytest
from shown_commands import Command, commands, differs

PAGE = """# Page

```console
$ jsg keys list
$ jsg audit verifier --out a.html
written: a.html
```

1. In a list:

   ```console
   $ jsg bulletin keys > a.vkey
   ```

```console
$ jsg status
```

```text
in order
…
```

```python
$ no command
```

```sh
one && \\
  two
```

Not straight below.

```text
nothing of it
```
"""


def test_lines_are_found_with_what_is_shown_below_them_and_below_their_block():
    assert list(commands(PAGE, "p")) == [
        Command("p", "jsg keys list", ()),
        Command("p", "jsg audit verifier --out a.html", ("written: a.html",)),
        Command("p", "jsg bulletin keys > a.vkey", ()),
        Command("p", "jsg status", ("in order", "…")),
        Command("p", "one && \\\n  two", ()),
    ]


def test_what_the_shell_does_with_the_output_is_none_of_the_commands_words():
    kept = Command("p", ".venv/bin/jsg bulletin keys > a.vkey", ())

    assert (kept.words, kept.into) == (["bulletin", "keys"], "a.vkey")
    assert Command("p", "jsg keys list", ()).into == ""
    assert Command("p", "openssl x509 > key.pem", ()).words == []


@pytest.mark.parametrize(
    ("shown", "printed", "first"),
    [
        ((), "anything", ""),
        (("a", "b"), "a\nb\n", ""),
        (("a", "b"), "a\nb\nc\n", "more: c"),
        (("a",), "a\n\n", ""),
        (("a", "…"), "a\nb\nc\n", ""),
        (("…", "c"), "a\nb\nc\n", ""),
        (("a", "…", "c"), "a\nc\n", ""),
        (("a", "c"), "a\nb\nc\n", "c"),
        (("a", "…", "c"), "a\nb\n", "c"),
        (("b", "a"), "a\nb\n", "b"),
        (("until … o'clock",), "  until 12:00 o'clock", ""),
        (("until … o'clock",), "until 12:00", "until … o'clock"),
        (("a.c",), "abc", "a.c"),
        (("  a   b",), "a b", ""),
        (("a b",), "ab", "a b"),
        (("at gw1-0/7 " + "a" * 64,), "at gw1-0/8 " + "b" * 64, ""),
        (("at gw1-0/7 x",), "at gw1-0/8 y", "at gw1-0/7 x"),
        (("a",), "", "a"),
    ],
)
def test_what_is_shown_is_held_line_by_line_to_what_was_printed(shown, printed, first):
    assert differs(shown, printed) == first
