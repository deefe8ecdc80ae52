"""The auditor's search in the console: what stands in its address and what does not, its pages, and one entry."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import grpc
import pytest
from console_audit import Auditing, Log, access, link
from console_desk import CODE, SCRIPT
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import audit_pb2, common_pb2, export_pb2

from adapters.errors import GatewayError
from console import exporting
from console.access_filter import AREAS, VERDICTS, read_form
from formats.access_export import digest

SEARCH = audit_pb2.SearchAccessRequest
TODAY = date(2026, 11, 30)


def found(auditing, *entries, token=""):
    auditing.gateway.pages[0] = audit_pb2.SearchAccessResponse(entries=entries, next_page_token=token)


def looked(auditing, **fields):
    """Send the form; return the page that it leads to."""
    return auditing.browser.follow(auditing.post("/accesses", fields))


def searched(auditing):
    (request,) = auditing.gateway.calls(SEARCH)
    return request


def test_the_last_seven_days_are_searched_where_nothing_is_said():
    auditing = Auditing()
    auditing.get("/accesses")
    request = searched(auditing)

    assert getattr(request, "from").ToDatetime(tzinfo=UTC) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert request.until.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert (request.searched_by, request.area, request.verdict) == ("审计员", 0, 0)


def test_every_condition_of_the_form_is_searched_by():
    auditing = Auditing()
    looked(
        auditing,
        area="BIDDING",
        verdict="RESTRICTED",
        outcome="OK",
        agency="public-resources-trading",
        since="2026-11-02",
        until="2026-11-02",
        without_outcome="yes",
        uscc=CODE,
        officer="王五",
        case_ref="JSGC-2026-17",
    )
    request = searched(auditing)

    assert (request.area, request.verdict) == (common_pb2.AREA_BIDDING, common_pb2.VERDICT_RESTRICTED)
    assert (request.outcome, request.agency, request.without_outcome) == ("OK", "public-resources-trading", True)
    assert (request.uscc, request.officer, request.case_ref) == (CODE, "王五", "JSGC-2026-17")
    assert getattr(request, "from").ToDatetime(tzinfo=UTC) == datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert request.until.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 2, 16, tzinfo=UTC)


def test_what_is_public_stands_in_the_address_and_code_officer_and_case_never():
    auditing = Auditing()
    reply = auditing.post(
        "/accesses",
        {"area": "BIDDING", "agency": "hrss", "uscc": CODE, "officer": "zhang.san", "case_ref": "JSGC-2026-17"},
    )
    said = parse_qs(urlsplit(reply.location).query)

    assert (said["area"], said["agency"], said["since"]) == (["BIDDING"], ["hrss"], ["2026-11-24"])
    auditing.browser.follow(reply)
    for each in (CODE, "zhang", "JSGC"):
        assert not any(each in path for path in auditing.browser.asked)


def test_an_address_without_its_kept_part_finds_nothing_rather_than_more():
    auditing = Auditing()

    assert auditing.get("/accesses?area=BIDDING&kept=x").status == 404
    assert auditing.gateway.calls(SEARCH) == []


def test_an_enterprise_without_days_is_searched_in_all_of_them():
    auditing = Auditing()
    looked(auditing, uscc=CODE, since="", until="")
    request = searched(auditing)

    assert not request.HasField("from")
    assert not request.HasField("until")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("area", "NOWHERE"),
        ("verdict", "CLEARLY"),
        ("outcome", "ok"),
        ("outcome", CODE),
        ("agency", CODE),
        ("agency", "王五"),
        ("agency", "a420302199001011234"),
        ("since", "2026-11-31"),
        ("until", "30.11.2026"),
        ("until", "9999-12-31"),
        ("until", "2026-11-01"),
        ("without_outcome", "no"),
        ("uscc", CODE + "0"),
        ("officer", "字" * 22),
        ("case_ref", "x" * 129),
    ],
)
def test_what_is_malformed_is_not_searched_by_and_gets_into_no_address(field, said):
    auditing = Auditing()
    reply = auditing.post("/accesses", {field: said})

    assert reply.status == 422
    assert f'href="#{field}"' in reply.text
    assert auditing.gateway.asked == []


@given(
    st.dictionaries(
        st.sampled_from(["area", "verdict", "outcome", "agency", "since", "until", "without_outcome"]),
        st.one_of(st.from_regex(r"[0-9A-Z]{18}|[0-9]{17}[0-9X]|[a-z][0-9]{17}", fullmatch=True), st.text(max_size=40)),
    )
)
def test_no_field_of_an_address_can_hold_a_code_or_a_residents_number(said):
    wanted, wrong = read_form(said, TODAY)

    assert wrong or not any(sum(each.isdigit() for each in part) > 8 for part in wanted.query().split("&"))
    assert wrong or wanted.query().isascii()


def test_page_after_page_is_shown_with_the_same_search():
    auditing = Auditing()
    found(auditing, access(17), token="1")
    auditing.gateway.pages.append(audit_pb2.SearchAccessResponse(entries=[access(3)]))
    first = looked(auditing, uscc=CODE)
    second = auditing.browser.get(link(first, '/pages/[^"]+'))
    one, two = auditing.gateway.calls(SEARCH)

    assert (one.page_token, two.page_token, one.uscc, two.uscc) == ("", "1", CODE, CODE)
    assert one.until == two.until
    assert "第 2 页" in second.words
    assert f'href="{auditing.path("/accesses/pages/")}' not in second.text
    assert f'value="{CODE}"' in second.text


def test_that_nothing_is_found_is_said_and_a_page_without_any_leads_on():
    auditing = Auditing()
    assert "没有符合条件的记录。" in auditing.get("/accesses").words
    found(auditing, token="1")
    assert "请看下一页" in auditing.get("/accesses").words


def test_a_search_that_fails_is_told_and_is_not_an_empty_one():
    auditing = Auditing()
    auditing.gateway.error = GatewayError(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "uscc"}, "x")
    page = looked(auditing, uscc="91")

    assert page.status == 502
    assert "MALFORMED_REQUEST" in page.words
    assert 'value="91"' in page.text
    assert "没有符合条件的记录" not in page.words


def test_one_entry_says_all_that_an_auditor_may_see_and_leads_to_whose_it_is():
    auditing = Auditing()
    found(auditing, access(17, agency="hrss", officer=SCRIPT))
    page = auditing.browser.get(link(auditing.get("/accesses"), '/accesses/[^"?]+'))

    for each in ("gw1-0/17", "hrss", "asking-system", "JSGC-2026-17", CODE, "受限", "由系统自报"):
        assert each in page.words
    assert "<script>alert" not in page.text
    auditing.gateway.asked.clear()
    day = looked(auditing, officer="officer-7", agency="hrss", since="2026-11-30", until="2026-11-30")
    assert day.status == 200
    assert searched(auditing).officer == "officer-7"


def test_an_asserted_officer_is_told_from_one_that_is_declared():
    auditing = Auditing()
    asserted = {"officer_known": audit_pb2.OFFICER_KNOWN_ASSERTED, "officer_key": "k1", "officer_nonce": "n-9"}
    found(auditing, access(17, **asserted))
    page = auditing.browser.get(link(auditing.get("/accesses"), '/accesses/[^"?]+'))

    assert "经本单位密钥签名" in page.words
    assert "密钥 k1，随机数 n-9" in page.words
    assert "自报" not in page.words


def test_the_other_language_keeps_the_search():
    auditing = Auditing()
    page = looked(auditing, area="BIDDING", uscc=CODE)
    back = page.text.split('name="back" value="')[1].split('"')[0].replace("&amp;", "&")
    reply = auditing.post("/language", {"language": "en", "back": back})

    assert "Recorded calls" in auditing.browser.follow(reply).words
    one, two = auditing.gateway.calls(SEARCH)
    assert one == two


def test_words_of_the_wire_are_all_there_to_choose_from():
    text = Auditing().get("/accesses").text

    assert all(f'<option value="{name}"' in text for name in (*AREAS, *VERDICTS))
    assert set(VERDICTS) == {"CLEAR", "CONDITIONAL", "RESTRICTED", "UNVERIFIABLE"}


def manifest(rows, proofs):
    said = {"v": 1, "content_sha256": digest(rows), "proofs_sha256": digest(proofs)}
    return json.dumps(said).encode()


def parts(rows=b"rows", proofs=b"proofs", said=None):
    """Return the parts of an export whose manifest says what *said* does."""
    part = export_pb2.ExportAccessResponse
    end = Log(20).position(17)
    told = [part(audit_position=end), part(content=rows), part(proofs=proofs)]
    return told if said is None else [*told, part(manifest=said, audit_position=end)]


def export(auditing, **fields):
    auditing.get("/officer")
    return auditing.post("/accesses/exported", {"form": "csv", "uscc": CODE, **fields})


def test_an_export_is_one_file_of_what_the_form_looks_for(monkeypatch):
    monkeypatch.setattr(exporting, "read_manifest", json.loads)
    auditing = Auditing()
    auditing.gateway.exported = parts(said=manifest(b"rows", b"proofs"))
    reply = export(auditing, area="BIDDING", since="2026-11-02", until="2026-11-03")
    (request,) = auditing.gateway.calls(export_pb2.ExportAccessRequest)

    assert (request.uscc, request.area, request.searched_by) == (CODE, common_pb2.AREA_BIDDING, "审计员")
    assert request.format == export_pb2.EXPORT_FORMAT_CSV
    assert request.until.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 3, 16, tzinfo=UTC)
    with zipfile.ZipFile(io.BytesIO(reply.content)) as packed:
        assert sorted(packed.namelist()) == ["manifest.json", "proofs.txt", "receipt.json", "rows.csv"]
        assert packed.read("rows.csv") == b"rows"


@pytest.mark.parametrize("said", [None, manifest(b"rows", b"other"), manifest(b"other", b"proofs"), b"{}"])
def test_an_export_that_is_broken_off_or_not_that_of_its_manifest_is_not_handed_over(monkeypatch, said):
    if said != b"{}":
        monkeypatch.setattr(exporting, "read_manifest", json.loads)
    auditing = Auditing()
    auditing.gateway.exported = parts(said=said)
    reply = export(auditing)

    assert reply.status == 502
    assert "没有导出" in reply.words
    assert "content-disposition" not in reply.headers


def test_an_export_that_is_too_large_names_the_other_way(monkeypatch):
    monkeypatch.setattr(exporting, "MOST_BYTES", 9)
    auditing = Auditing()
    auditing.gateway.exported = parts()

    assert "jsg audit export" in export(auditing).words


@pytest.mark.parametrize("fields", [{"form": "xls"}, {"since": "x"}])
def test_an_export_of_nothing_that_there_is_asks_for_nothing(fields):
    auditing = Auditing()

    assert export(auditing, **fields).status in {404, 422}
    assert auditing.gateway.asked == []
