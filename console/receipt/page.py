"""Writes the page: its code, its style, its words and the keys that it trusts, in one file.

The file is the same for every receipt and every reader of one log. Its policy lets it run and look as it was written
here, and load nothing: neither what it shows nor what is dropped on it can bring along code or call anybody.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Final

from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import common_pb2, credit_pb2

from console.texts import texts
from formats.note import parse_key
from formats.receipt import RECEIPT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.descriptor import Descriptor

    from console.texts import Pair

    Names = Mapping[str, Mapping[int, Pair]]
    """Words for the numbers of the record: ``areas``, ``points``, ``verdicts``, ``effects``."""

CHECK: Final = "CreditService/CheckEligibility"
"""The method whose answer is shown in words where the receipt encloses it."""
MOST_BYTES: Final = 4 * RECEIPT_LIMIT
"""Of a file that is looked at: a page with a receipt in it is larger than the receipt."""
_ANSWER: Final = credit_pb2.CheckEligibilityResponse.DESCRIPTOR
_WHOLE: Final = {
    FieldDescriptor.CPPTYPE_ENUM,
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
    FieldDescriptor.CPPTYPE_BOOL,
}
_EXPORTS: Final = "\nexport { "
_SHOWN: Final = ("title", "drop", "choose", "offline", "needs_script", "unable", "trusted")
"""Texts that stand in the page itself; all others are its code's."""


def verifier_page(keys: Sequence[str], names: Names) -> str:
    """Return the page.

    Args:
        keys: Published keys of the log, of each of its years, and of its witnesses: what it believes, and nothing else.
        names: See ``Names``.

    Raises:
        ValueError: No key, or one that is none.
    """
    if not keys:
        raise ValueError("a page without a key can verify nothing")
    for key in keys:
        parse_key(key)
    words = texts("receipt")
    script = "\n".join([_library(), _asset("verify.js"), _asset("show.js")])
    style = _asset("style.css")
    given = {
        "keys": list(keys),
        "words": {name: pair for name, pair in words.items() if name not in _SHOWN},
        "names": names,
        "messages": messages(_ANSWER),
        "answer": _ANSWER.full_name,
        "check": CHECK,
        "clear": int(common_pb2.VERDICT_CLEAR),
        "most_bytes": MOST_BYTES,
    }
    return _PAGE.format(
        policy=f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; base-uri 'none'; "
        "form-action 'none'",
        style=style,
        # Within a script element only this could end it or begin a comment.
        given=json.dumps(given, ensure_ascii=False).replace("<", "\\u003c"),
        script=script,
        keys="".join(f"<li><code>{escape(key)}</code></li>" for key in keys),
        **{
            name: f'{escape(words[name][0])}<span class="en" lang="en">{escape(words[name][1])}</span>'
            for name in _SHOWN
        },
        plain_title=escape(" ".join(words["title"])),
    )


def _pair(words: Pair) -> str:
    return f'{escape(words[0])}<span class="en" lang="en">{escape(words[1])}</span>'


def messages(root: Descriptor) -> dict[str, dict[int, tuple[str, str, bool]]]:
    """Return how to read a message and all within it: by name, and by field number, name, kind and whether repeated.

    A kind is ``text``, ``number``, the name of another message, or empty for what is passed over.
    """
    found: dict[str, dict[int, tuple[str, str, bool]]] = {}
    waiting = [root]
    while waiting:
        message = waiting.pop()
        if message.full_name not in found:
            found[message.full_name] = {
                each.number: (each.name, _kind(each), bool(each.is_repeated)) for each in message.fields
            }
            waiting.extend(each.message_type for each in message.fields if each.message_type is not None)
    return found


def _kind(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        return str(field.message_type.full_name)
    if field.type == field.TYPE_STRING:
        return "text"
    numbers = {
        field.TYPE_ENUM,
        field.TYPE_INT32,
        field.TYPE_INT64,
        field.TYPE_UINT32,
        field.TYPE_UINT64,
        field.TYPE_BOOL,
    }
    return "number" if field.type in numbers else ""


def _asset(name: str) -> str:
    return resources.files("console.receipt").joinpath(name).read_text(encoding="utf-8")


def _library() -> str:
    """Return the library for Ed25519 as one value; its file is as its authors publish it."""
    code, exports, _ = _asset("noble-ed25519.js").rpartition(_EXPORTS)
    if not exports:
        raise ValueError("noble-ed25519.js does not end with what it exports")
    return f"const noble = (() => {{\n{code}\nreturn {{ verifyAsync }};\n}})();"


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, noarchive">
<meta name="referrer" content="no-referrer">
<title>{plain_title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1></header>
<main>
<label id="drop" for="file">{drop}
<input id="file" type="file" multiple accept=".json,.html,application/json,text/html">
<span class="button">{choose}</span></label>
<p>{offline}</p>
<noscript><p class="note">{needs_script}</p></noscript>
<p id="unable" class="note" hidden>{unable}</p>
<div id="results" aria-live="polite"></div>
</main>
<footer><p>{trusted}</p><ul>{keys}</ul></footer>
<script type="application/json" id="given">{given}</script>
<script>{script}</script>
</body>
</html>
"""
