"""Every view of every role, told nothing but texts that were typed to do harm: they are shown, and are nothing else."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from console_crawl import Tags
from hostile_consoles import NOT_GONE_OVER, auditing, deciding, justice
from hostile_texts import TEXTS
from justice_gateway import Authority

from console.guard import POLICY

OURS = re.compile(r"/static/(?:vendor/)?[\w.-]+|#[\w-]*|")


@pytest.fixture(
    scope="module", params=["asking-system", "bank", "producer", "auditor", "police", "procuratorate", "court"]
)
def crawl(request, tmp_path_factory):
    if request.param == "auditor":
        return auditing()
    if request.param in {"asking-system", "bank", "producer"}:
        return deciding(request.param)
    folder = tmp_path_factory.mktemp("justice")
    return justice(Authority(tmp_path_factory.mktemp("pki")), folder, request.param)


def test_every_way_of_every_view_was_gone_over(crawl):
    assert {(method, path) for method, path, _ in crawl.desktop.console.ways} - set(crawl.reached) == NOT_GONE_OVER


def test_no_text_becomes_a_tag_an_attribute_or_an_address(crawl):
    base = crawl.desktop.console.base
    for method, path, reply in crawl.pages:
        tags = Tags(reply.text)
        assert tags.scripts == "", (method, path)
        for tag, said in tags.tags:
            assert tag not in {"img", "iframe", "object", "embed", "base", "style"}, (method, path, said)
            assert not any(name.startswith(("on", "style")) for name in said), (method, path, said)
            for name in ("href", "src", "action", "formaction"):
                address = said.get(name, "")
                assert OURS.fullmatch(address) or address.startswith(base + "/"), (method, path, address)


def test_no_text_is_evaluated_and_none_stands_in_an_address(crawl):
    shown = html.unescape("".join(reply.text for *_, reply in crawl.pages))

    assert TEXTS[0] in shown
    assert TEXTS[1] in shown
    assert "{{7*7}}" in shown
    for _, path, _ in crawl.pages:
        assert re.fullmatch(r"[\w/?=&.%:-]+", path), path
        assert "script" not in path.replace("scripts", "")


def test_every_page_forbids_what_ours_never_need(crawl):
    assert {reply.headers["content-security-policy"] for *_, reply in crawl.pages} == {POLICY}
    assert {reply.headers["content-type"] for *_, reply in crawl.pages} == {"text/html; charset=utf-8"}


def test_what_is_saved_is_saved_and_never_shown_and_no_cell_runs(crawl):
    for file in crawl.files:
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', file.headers["content-disposition"])
        assert file.headers["x-content-type-options"] == "nosniff"
        if file.headers["content-type"].startswith("text/csv"):
            rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
            assert len(rows) > 1
            assert not any(re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) for row in rows for cell in row)


def test_the_auditors_lists_are_saved():
    assert any(file.headers["content-type"].startswith("text/csv") for file in auditing().files)
