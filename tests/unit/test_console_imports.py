"""Imports in the console: which wait, what one would change, and which of its rows are refused."""

from __future__ import annotations

import re

from console_bureau import Bureau
from console_desk import CODE, SCRIPT, stamp
from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import import_batch_pb2 as pb


def batch(**parts):
    whole = {"batch": "b-1", "feed": "wage_list", "state": pb.IMPORT_STATE_COMPLETE, "rows": 9, "begun_at": stamp()}
    return pb.ImportBatch(**{**whole, **parts})


def looked(bureau, **parts):
    bureau.gateway.batch = pb.GetImportResponse(**{"batch": batch(), **parts})
    return bureau.browser.follow(bureau.post("/imports", {"batch": "b-1"}))


def test_imports_are_listed_with_what_was_refused_and_what_waits_on_request():
    bureau = Bureau()
    bureau.gateway.imports.imports.extend([batch(refused=3), batch(batch="b-2", state=77)])
    page = bureau.get("/imports")

    assert "拒收 3 行" in page.words
    assert page.words.count("拒收") == 1 + page.words.count("被拒收")
    assert "77" in page.words
    assert not bureau.gateway.asked[-1].waiting_only
    bureau.get("/imports?show=waiting")
    assert bureau.gateway.asked[-1].waiting_only
    assert bureau.gateway.asked[-1].officer == "officer-7"


def test_the_next_page_goes_on_among_those_that_wait():
    bureau = Bureau()
    bureau.gateway.imports.next_page_token = "t-1"
    page = bureau.get("/imports?show=waiting")
    bureau.browser.get(re.search(r'href="([^"]+/imports/after/[^"]+)"', page.text)[1])

    assert (bureau.gateway.asked[-1].page_token, bureau.gateway.asked[-1].waiting_only) == ("t-1", True)


def test_every_refused_row_says_its_field_and_why_and_what_the_import_would_change_is_counted():
    bureau = Bureau()
    why = common_pb2.LocalizedText(zh=f"日期不对 {SCRIPT}", en="No date")
    difference = pb.ImportDifference(
        data_revision=9,
        new_records=4,
        refused=1,
        second_person=True,
        refusals=[pb.ImportRefusal(row=7, field="accepted_on", why=why)],
    )
    shift = pb.EffectShift(uscc=CODE, effect_before=common_pb2.EFFECT_REVIEW, effect_after=common_pb2.EFFECT_BLOCK)
    page = looked(bureau, difference=difference, shifts=[shift], next_page_token="t")
    text = " ".join(page.words.split())

    assert "7 accepted_on 日期不对" in text
    assert "<script>alert" not in page.text
    assert "新增 4" in text
    assert "须由第二人同意" in text
    assert "只列出前 1 家" in text
    assert "更严的企业" in text
    assert (bureau.gateway.asked[-1].batch, bureau.gateway.asked[-1].officer) == ("b-1", "officer-7")


def test_where_the_refused_rows_were_told_at_submission_it_is_said_where_they_are():
    assert "jsg import 写出的拒收文件" in looked(Bureau(), batch=batch(refused=2)).words
    assert "jsg import 写出的拒收文件" not in looked(Bureau()).words


def test_of_an_import_that_was_not_staged_no_rows_were_counted_and_none_are_said():
    bureau = Bureau()
    bureau.gateway.imports.imports.append(batch(rows=0))

    assert "0 行" not in bureau.get("/imports").words + looked(bureau, batch=batch(rows=0)).words
    assert "9 行，拒收 0 行" in looked(bureau, batch=batch(staged=True)).words
