"""The page that verifies receipts: what stands in it runs, nothing is loaded, and it trusts what it was given."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from jointsanctions.v1 import credit_pb2
from unit.test_formats_receipt import KEY

from console.receipt.page import messages, verifier_page
from console.texts import texts
from gateway.cli.verifier import NAMES

CHECKED = "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"
"""SHA-256 of index.js of @noble/ed25519 3.2.0, as its authors publish it."""


class Elements(HTMLParser):
    """Collects elements with their attributes, and what stands within script and style."""

    def __init__(self, page):
        super().__init__()
        self.found, self.within = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.within.append((tag, dict(attrs), ""))

    def handle_data(self, data):
        if self.within and self.lasttag == self.within[-1][0]:
            tag, attributes, said = self.within.pop()
            self.within.append((tag, attributes, said + data))


@pytest.fixture(scope="module")
def page():
    return verifier_page([str(KEY)], NAMES)


def inner(page, name, kind=None):
    (found,) = [
        re.sub(r"\n\s*\Z", "", said)
        for tag, attributes, said in Elements(page).within
        if (tag, attributes.get("type")) == (name, kind)
    ]
    return found


def digest(page, name):
    (content,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"


def test_its_policy_lets_run_what_stands_in_it_and_nothing_else(page):
    (policy,) = [
        made["content"] for tag, made in Elements(page).found if made.get("http-equiv") == "Content-Security-Policy"
    ]
    said = dict(each.split(" ", 1) for each in policy.split("; "))
    assert said == {
        "default-src": "'none'",
        "script-src": digest(page, "script"),
        "style-src": digest(page, "style"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_it_names_nothing_to_load(page):
    loading = {"src", "href", "srcset", "data", "action", "background", "style"}
    assert [(tag, made) for tag, made in Elements(page).found if loading & made.keys()] == []
    assert not [name for _, made in Elements(page).found for name in made if name.startswith("on")]
    assert not re.findall(
        r"fetch\(|XMLHttpRequest|WebSocket|import\(|innerHTML|insertAdjacent|document\.write|eval\(", page
    )


def test_it_trusts_the_keys_that_it_was_given_and_shows_them(page):
    given = json.loads(inner(page, "script", "application/json"))
    assert given["keys"] == [str(KEY)]
    assert f"<li><code>{KEY}</code></li>" in page


@pytest.mark.parametrize("keys", [[], ["no key"], [str(KEY)[:-1]]])
def test_without_a_key_or_with_what_is_none_there_is_no_page(keys):
    with pytest.raises(ValueError, match="key"):
        verifier_page(keys, NAMES)


def test_words_of_the_record_cannot_end_the_script():
    names = {**NAMES, "areas": {1: ("</script><script>alert(1)</script>", "<!--")}}
    page = verifier_page([str(KEY)], names)
    assert page.count("</script>") == 2
    assert json.loads(inner(page, "script", "application/json"))["names"]["areas"]["1"][0].startswith("</script>")


def test_it_reads_an_answer_by_the_fields_of_the_contract():
    root = credit_pb2.CheckEligibilityResponse.DESCRIPTOR
    known = messages(root)
    decision = root.fields_by_name["decision"]
    assert known[root.full_name][decision.number] == ("decision", decision.message_type.full_name, False)
    measures = decision.message_type.fields_by_name["measures"]
    assert known[decision.message_type.full_name][measures.number][2]
    kinds = {kind for fields in known.values() for _, kind, _ in fields.values()}
    assert kinds - {"text", "number", ""} <= known.keys()


def test_every_text_is_used_and_every_text_used_is_there(page):
    code = (page.split("<script>", 1)[1]).split("</script>", 1)[0]
    own = set(re.findall(r"[\"'`.](?:part_)?([a-z_]{2,})\b", code))
    given = json.loads(inner(page, "script", "application/json"))["words"]
    used = {name for name in given if name.removeprefix("part_") in own or name in own}
    assert used == set(given)
    named = set(re.findall(r"WORDS\.([a-z_]+)", code)) | set(re.findall(r"WORDS\[\"([a-z_]+)\"\]", code))
    assert named <= set(given)
    for name, (zh, en) in texts("receipt").items():
        assert re.search(r"[\u4e00-\u9fff]", zh), name
        assert re.search(r"[A-Za-z]", en), name
        assert not re.search(r"[\u4e00-\u9fff]", en), name


def test_the_library_is_the_one_that_its_authors_publish():
    from importlib import resources  # noqa: PLC0415 - for this test alone

    content = resources.files("console.receipt").joinpath("noble-ed25519.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() == CHECKED
