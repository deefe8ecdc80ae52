"""An enterprise's file in the console: both times of every version, the grade explained, and its window drawn."""

from __future__ import annotations

import re
from datetime import date

import grpc
import pytest
from console_bureau import Bureau, at, complaint, scheme
from console_desk import CODE, NOW, SCRIPT
from jointsanctions.v1 import common_pb2, grade_pb2, record_pb2
from jointsanctions.v1 import enterprise_file_pb2 as pb

from adapters.errors import GatewayError
from console.enterprise_file import FileRead
from console.window import counted, window_of


def put(bureau, *versions):
    """Put versions on record, each by a revision of its own number, and the one that ended it."""
    numbers = sorted({number for each in versions for number in (each.recorded_from, each.recorded_until) if number})
    page = bureau.gateway.file[0]
    page.versions.extend(versions)
    page.revisions.extend(
        pb.FileRevision(revision=n, committed_at=at(f"2026-11-{n:02}"), agency="hrss", feed="labour_inspection")
        for n in numbers
    )


def fact(number, since, until):
    return common_pb2.GradeFact(record_id=f"c-{number}", kind="complaint", counts_from=since, counts_until=until)


def drawn(versions, given, **parts):
    first = pb.GetEnterpriseFileResponse(as_of=at("2026-11-30"))
    grades = grade_pb2.ExplainGradeResponse(basis=common_pb2.AnswerBasis(as_of=at("2026-11-30")))
    read = FileRead(CODE, "DC-1", "", first, tuple(versions), {}, cut=False, grades=grades)
    return window_of(read, scheme(given, **parts))


def test_a_file_is_read_for_its_case_by_its_officer_at_its_moments():
    bureau = Bureau()
    bureau.read(as_of="2026-11-01", known_at="2026-10-01", purpose="来访")
    file, grade = bureau.gateway.asked

    for asked in (file, grade):
        assert (asked.case_ref, asked.officer, asked.purpose) == ("DC-1", "officer-7", "来访")
        assert (asked.as_of, asked.known_at) == (at("2026-11-01"), at("2026-10-01"))
    assert (file.uscc, grade.enterprise.uscc) == (CODE, CODE)


def test_the_period_of_a_grade_is_said_in_the_pages_language():
    bureau = Bureau()
    assert "24 个月窗口 · " in bureau.read().words
    bureau.post("/language", {"language": "en"})
    assert "The window of 24 months · " in bureau.read().words


def test_without_moments_it_is_the_present():
    bureau = Bureau()
    bureau.read()

    assert not any(asked.HasField("as_of") or asked.HasField("known_at") for asked in bureau.gateway.asked)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"uscc": ""}, "uscc"),
        ({"case_ref": ""}, "case_ref"),
        ({"case_ref": "字" * 43}, "case_ref"),
        ({"purpose": "字" * 86}, "purpose"),
        ({"as_of": "2026-12-01"}, "as_of"),
        ({"known_at": "2026-12-01"}, "known_at"),
        ({"known_at": "yesterday"}, "known_at"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nobody_is_asked(fields, field):
    bureau = Bureau()
    reply = bureau.post("/file", {"uscc": CODE, "case_ref": "DC-1", **fields})

    assert reply.status == 422
    assert f'href="#{field}"' in reply.text
    assert bureau.gateway.asked == []


def test_what_the_gateway_refuses_marks_its_field():
    bureau = Bureau()
    bureau.gateway.error = GatewayError(
        grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "uscc"}, "is no code"
    )
    reply = bureau.post("/file", {"uscc": "x", "case_ref": "DC-1"})

    assert reply.status == 422
    assert 'href="#uscc"' in reply.text


def test_a_file_without_its_grade_is_no_file():
    bureau = Bureau()

    def refused(request):
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, "", {}, f"not now, {request.case_ref}")

    bureau.gateway.explain_grade = refused

    assert bureau.post("/file", {"uscc": CODE, "case_ref": "DC-1"}).status == 422


def test_every_version_stands_with_when_it_holds_and_when_it_was_on_record():
    bureau = Bureau()
    before = complaint(1, "2026-03-02", recorded_until=4, holds_until="2026-09-09")
    put(bureau, before, complaint(4, "2026-03-03"))
    page = bureau.read()

    assert "2026-03-02 → 2026-09-09" in page.words
    assert "2026-11-01 00:00:00 → 2026-11-04 00:00:00" in " ".join(page.words.split())
    assert "2026-11-04 00:00:00 → 现在" in " ".join(page.words.split())
    history = page.words[page.words.index("记录沿革") :]
    assert history.index("2026-03-03 →") < history.index("2026-03-02 →")
    current = bureau.get(bureau.browser.asked[-1].removeprefix(bureau.console.base) + "?show=current")
    assert "2026-03-02 → 2026-09-09" not in current.words
    assert "2026-03-03 → 未定" in current.words


def test_all_pages_are_read_and_more_than_a_bound_is_said():
    bureau = Bureau()
    put(bureau, complaint(1, "2026-03-02"))
    page = pb.GetEnterpriseFileResponse()
    page.versions.extend(complaint(2, "2026-03-05", record_id=f"x-{number}") for number in range(1000))
    page.revisions.add(revision=2)
    bureau.gateway.file += [page, page, page]
    text = bureau.read().words

    assert [asked.page_token for asked in bureau.gateway.asked[:-1]] == ["", "1", "2"]
    assert "只读取了前 2001 条" in text


def test_what_a_record_says_is_text_and_never_a_tag():
    bureau = Bureau()
    hostile = complaint(1, "2026-03-02", order=SCRIPT)
    hostile.record.authority = SCRIPT
    put(bureau, hostile)
    page = bureau.read()

    assert "<script>alert" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_a_letter_and_a_holding_that_are_not_known_here_are_no_good_news():
    bureau = Bureau()
    bureau.gateway.grades.schemes[0].grade.letter = 99
    put(bureau, complaint(1, "2026-03-02", holding=99, kind="of tomorrow"))
    page = bureau.read()

    assert '<section class="verdict doubt">' in page.text
    assert "状态未知" in page.words
    assert "of tomorrow" in page.words


def test_that_file_and_grade_are_of_two_revisions_is_said():
    bureau = Bureau()
    bureau.gateway.grades.basis.data_revision = 10

    assert "档案读自第 9 版数据，等级读自第 10 版" in bureau.read().words


def test_nothing_of_an_enterprise_stands_in_an_address():
    bureau = Bureau()
    bureau.read()
    bureau.browser.follow(bureau.post("/file/whose", {"uscc": CODE}))

    assert not [path for path in bureau.browser.asked if CODE in path or "DC-1" in path]
    assert f'value="{CODE}"' in bureau.get(bureau.browser.asked[-1].removeprefix(bureau.console.base)).text


def test_a_complaint_drops_out_as_many_months_after_it_was_accepted_as_the_scheme_looks_back():
    window = drawn([complaint(1, "2025-02-28", "2025-03-10")], ())
    (bar,) = window.bars

    assert (bar.row.since, bar.row.until) == (date(2025, 3, 10), date(2027, 2, 28))
    assert bar.now
    assert (window.months, window.since, window.today) == (24, date(2024, 11, 30), date(2026, 11, 30))


def test_where_the_grade_rests_on_a_complaint_its_own_days_are_drawn():
    (bar,) = drawn([complaint(1, "2025-02-28")], [fact(1, "2025-04-01", "2027-01-01")]).bars

    assert (bar.row.since, bar.row.until, bar.row.rests) == (date(2025, 4, 1), date(2027, 1, 1), True)


@pytest.mark.parametrize(
    ("accepted", "counts"),
    [
        ("2022-11-30", []),
        ("2024-11-30", [False]),
        ("2024-12-01", [True]),
        ("2026-11-30", [True]),
        ("2026-12-01", [False]),
    ],
)
def test_a_complaint_counts_from_its_day_to_the_day_before_it_drops_out(accepted, counts):
    assert [bar.now for bar in drawn([complaint(1, accepted)], ()).bars] == counts


def test_what_is_malicious_withdrawn_or_verified_too_late_never_counts_and_says_why():
    claim = record_pb2.Record(malicious_claim=record_pb2.MaliciousClaim(complaint_record_id="c-1"))
    versions = [
        complaint(1, "2026-01-01"),
        pb.FileVersion(kind="malicious_claim", record_id="m", record=claim),
        complaint(2, "2026-01-02", withdrawn_by="w"),
        complaint(3, "2025-01-03", "2027-01-03"),
        complaint(4, "2026-01-04", recorded_until=7),
        complaint(5, "2026-01-05"),
    ]
    window = drawn(versions, ())

    assert {bar.row.record_id: bar.row.why_not for bar in window.bars} == {
        "c-1": "malicious",
        "c-2": "withdrawn",
        "c-3": "never",
        "c-5": "",
    }
    assert window.counting == 1


def test_a_malicious_claim_that_was_withdrawn_takes_nothing_away():
    claim = record_pb2.Record(malicious_claim=record_pb2.MaliciousClaim(complaint_record_id="c-1"))
    gone = pb.FileVersion(kind="malicious_claim", record_id="m", record=claim, withdrawn_by="w")

    assert [row.why_not for row in counted([complaint(1, "2026-01-01"), gone], scheme(), 24)] == [""]


def test_bars_stand_in_the_order_in_which_they_drop_out_within_the_drawing():
    window = drawn([complaint(n, f"2026-0{n}-01") for n in (5, 3, 4)] + [complaint(9, "2024-12-05")], ())

    assert [bar.row.record_id for bar in window.bars] == ["c-9", "c-3", "c-4", "c-5"]
    assert all(bar.x >= 150 and bar.x + bar.width <= 710 for bar in window.bars)
    assert window.bars[0].x + window.bars[0].width < window.middle + 10


def test_the_letters_are_drawn_without_a_gap():
    strip = drawn([], ()).strip

    assert [each.letter for each in strip] == [common_pb2.GRADE_LETTER_A, common_pb2.GRADE_LETTER_B, 2]
    assert strip[0].x == 150
    assert abs(sum(each.width for each in strip) - 560) < 0.5


def test_a_scheme_that_looks_at_a_year_has_no_window():
    assert drawn([complaint(1, "2026-01-01")], (), period="2025") is None


def test_the_table_beside_the_drawing_says_the_same():
    bureau = Bureau()
    put(bureau, complaint(1, "2026-03-02", order="责令〔2026〕5号"), complaint(2, "2026-04-02"))
    page = bureau.read()
    table = page.text[page.text.index("<caption>") : page.text.index("</table>")]

    assert "现有 2 件查实投诉计入" in page.words
    assert re.findall(r"<strong>([0-9-]+)</strong>", table) == ["2028-03-02", "2028-04-02"]
    assert "责令〔2026〕5号" in table
    assert page.text.count("<svg") == 1
    assert NOW.tzinfo is not None


def test_by_what_was_known_then_the_letters_are_those_of_then():
    given = scheme()
    given.history_as_known_then.add(letter=common_pb2.GRADE_LETTER_C)
    first = pb.GetEnterpriseFileResponse(as_of=at("2026-11-30"))
    grades = grade_pb2.ExplainGradeResponse(basis=common_pb2.AnswerBasis(as_of=at("2026-11-30")))
    read = FileRead(CODE, "DC-1", "2026-01-01", first, (), {}, cut=False, grades=grades)

    assert [each.letter for each in window_of(read, given).strip] == [common_pb2.GRADE_LETTER_C]
