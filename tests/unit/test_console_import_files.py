"""Files staged in the console, and their refused rows corrected and sent as what follows."""

from __future__ import annotations

import re

import pytest
from console_browser import BOUNDARY, multipart
from console_bureau import Bureau
from console_desk import SCRIPT

from console.importing import RefusedRow, Source

WHY = (f"日期不对{SCRIPT}", "No date")
FILE = b"a,b\r\n"


def staged(bureau, *refused, name="投诉.csv", **fields):
    """Stage a file, and return the address of what came of it, without what every address begins with."""
    bureau.importer.refused = refused
    bureau.get("/imports/file")
    reply = bureau.browser.upload(
        bureau.path("/imports/file"), {"mapping": "complaints", "again": "1", **fields}, {"file": (name, FILE)}
    )
    assert reply.status == 303, reply.words
    return reply.location.removeprefix(bureau.console.base)


def refused(line=7, cells=("1", "13月"), columns=("日期",)):
    return RefusedRow(line, cells, columns, WHY)


def test_a_file_is_staged_under_the_officers_name_and_leads_to_its_difference():
    bureau = Bureau()
    path = staged(bureau, again="2")
    page = bureau.get(path)

    assert bureau.importer.sources == [Source("投诉.csv", FILE, "complaints", 2)]
    assert bureau.importer.officers == ["officer-7"]
    assert "投诉" not in path
    assert 'name="batch" value="batch-1"' in page.text
    assert "没有被拒收的行" in page.words


def test_of_a_file_that_could_not_be_used_it_is_said_why_and_nothing_is_offered():
    bureau = Bureau()
    bureau.importer.problem, bureau.importer.batch = ("表头损坏", "The header is broken"), ""
    page = bureau.get(staged(bureau))

    assert "表头损坏" in page.words
    assert 'name="batch"' not in page.text
    assert "没有被拒收的行" not in page.words


@pytest.mark.parametrize(
    ("name", "content", "fields", "wrong"),
    [
        ("", b"", {}, "file"),
        ("empty.csv", b"", {}, "file"),
        ("a.csv", FILE, {"mapping": ""}, "mapping"),
        ("a.csv", FILE, {"again": "0"}, "again"),
        ("a.csv", FILE, {"again": "x"}, "again"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_staged(name, content, fields, wrong):
    bureau = Bureau()
    bureau.get("/imports/file")
    said = {"mapping": "complaints", "again": "1", **fields}
    page = bureau.browser.upload(bureau.path("/imports/file"), said, {"file": (name, content)})

    assert page.status == 422
    assert re.findall(r'<li><a href="#([a-z]+)">', page.text) == [wrong]
    assert bureau.importer.sources == []


def test_json_lines_need_no_mapping():
    bureau = Bureau()
    staged(bureau, name="wage_list.jsonl", mapping="")

    assert bureau.importer.sources[0].name == "wage_list.jsonl"


def test_a_file_without_the_sessions_token_is_not_read():
    bureau = Bureau()
    body = multipart({"csrf": "x", "mapping": "complaints", "again": "1"}, {"file": ("a.csv", FILE)})
    media = f"multipart/form-data; boundary={BOUNDARY}"
    own = {"origin": "http://127.0.0.1:8123", "sec-fetch-site": "same-origin", "content-type": media}

    assert bureau.browser.send("POST", bureau.path("/imports/file"), own, body).status == 403
    assert bureau.browser.send("POST", bureau.path("/clocks"), own, body).status != 200
    assert bureau.importer.sources == []


def test_another_page_takes_no_file():
    bureau = Bureau()
    bureau.get("/listings")

    assert (
        bureau.browser.upload(bureau.path("/listings"), {"listing_id": "L-1"}, {"file": ("a.csv", FILE)}).status == 422
    )
    assert bureau.gateway.asked == []


def test_each_refused_row_stands_with_its_reason_at_its_column_and_runs_as_nothing():
    bureau = Bureau()
    path = staged(bureau, refused(), refused(9, (SCRIPT, "x", "=1+1"), ("complaint.on",)))
    page, row, other = bureau.get(path), bureau.get(f"{path}/rows/7"), bureau.get(f"{path}/rows/9")

    assert "第 7 行" in page.words
    assert "日期不对" in page.words
    assert re.findall(r'field wrong"><label for="(cell_\d)">日期<', row.text) == ["cell_1"]
    assert 'value="13月"' in row.text
    assert "=1+1" in other.words  # what is longer than the header
    assert "complaint.on" in other.words
    assert "<script>alert" not in page.text + row.text + other.text
    assert bureau.get(f"{path}/rows/8").status == 404


def test_corrected_rows_alone_are_sent_as_a_file_of_the_same_layout_and_twice_the_same():
    bureau = Bureau()
    path = staged(bureau, refused(), refused(8, ("2",)), refused(9))
    bureau.browser.follow(bureau.post(f"{path}/rows/7", {"cell_0": "1", "cell_1": '2026-03-05, "x"'}))
    page = bureau.browser.follow(bureau.post(f"{path}/rows/8", {"cell_0": "2", "cell_1": "2026-03-06"}))

    assert len(bureau.importer.sources) == 1
    assert page.words.count("已更正，未报送") == 2
    assert "报送已更正的 2 行" in page.words
    assert 'value="2026-03-06"' in bureau.get(f"{path}/rows/8").text
    bureau.post(path)
    bureau.post(path)
    first, second = bureau.importer.sources[1:]
    assert first == second
    assert (first.name, first.mapping) == ("投诉.csv", "complaints")
    assert first.content.decode() == '编号,日期\r\n1,"2026-03-05, ""x"""\r\n2,2026-03-06\r\n'


def test_a_corrected_line_of_json_is_sent_as_a_line_under_its_feed():
    bureau = Bureau()
    bureau.importer.columns = ("record",)
    path = staged(bureau, refused(3, ('{"a": 1}',), ("a",)), name="wage_list.jsonl")
    assert "<textarea" in bureau.get(f"{path}/rows/3").text
    bureau.post(f"{path}/rows/3", {"cell_0": '{"sourceKey":"J-1"}'})
    bureau.post(path)

    assert bureau.importer.sources[-1] == Source("wage_list.jsonl", b'{"sourceKey":"J-1"}\n', "complaints")


def test_without_a_corrected_row_nothing_is_sent_and_what_was_not_read_is_not_there():
    bureau = Bureau()
    path = staged(bureau, refused())

    assert bureau.post(path).status == 404
    for method, gone in (("get", ""), ("post", ""), ("get", "/rejects"), ("get", "/rows/7"), ("post", "/rows/7")):
        assert getattr(bureau, method)(f"/imports/read/none{gone}").status == 404
    assert len(bureau.importer.sources) == 1


def test_all_refused_rows_can_be_kept_as_a_file():
    bureau = Bureau()
    reply = bureau.get(staged(bureau, refused()) + "/rejects")

    assert reply.content == b"line,field\r\n"
    assert reply.headers["content-disposition"] == 'attachment; filename="rejects.csv"'


def test_of_many_refused_rows_it_is_said_how_many_are_not_shown():
    bureau = Bureau()
    page = bureau.get(staged(bureau, *(refused(number) for number in range(1, 204))))

    assert "另有 3 行未列出" in page.words
    assert page.text.count("/rows/") == 200
