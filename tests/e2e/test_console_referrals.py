"""A referred case at the consoles of police, procuratorate and court, each with its own certificate and keys."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
from console_justice_play import officer_of, words
from consoles import OverThePort, console_before
from e2e.referring import COURT, POLICE, PROCURATORATE
from e2e.served import gateway_in, today
from e2e.typing_referrals import PARTIES, desk_at

pytestmark = pytest.mark.xdist_group("referral_command")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with (
        gateway_in(tmp_path_factory.mktemp("console-referrals"), filled=False) as gateway,
        desk_at(gateway, tmp_path_factory.mktemp("desk")) as desk,
    ):
        desk.publish(*PARTIES)
        yield desk


@pytest.fixture(scope="module")
def officers(desk):
    with ExitStack() as sitting:
        yield {
            party: sitting.enter_context(officer_of(desk.served, who, name))
            for party, who, name in (
                ("police", POLICE, "刑警 王五"),
                ("procuratorate", PROCURATORATE, "检察官 赵六"),
                ("court", COURT, "法官 孙七"),
            )
        }


def stage(desk, referral_id):
    return json.loads(desk.done("show", referral_id, "--json"))["referral"]["stage"].removeprefix("REFERRAL_STAGE_")


def test_a_case_is_received_refused_supervised_filed_and_judged(desk, officers):
    police, procuratorate, court = (officers[each] for each in ("police", "procuratorate", "court"))
    evidence = desk.evidence("whole")
    desk.sent("YS-C-1", evidence)
    place = desk.place("police")

    assert "没有未签收的内容" in words(police.browser.post(police.list.link("/referrals"), {}))
    assert "已签收" in words(police.case("YS-C-1"))
    listed = police.dossier("YS-C-1")
    assert "9 件全部成立" in words(listed)
    assert "标题 order" in words(listed)
    saved = police.files(listed)
    assert {f"1-{file.name}": file.read_bytes() for file in evidence.glob("*.pdf")}.items() <= saved.items()
    assert len(saved) == 9
    (opened,) = place.glob(".opened-*")
    assert opened.stat().st_mode & 0o077 == 0

    assert "已登记" in words(police.take("YS-C-1", "回执"))
    page = police.take("YS-C-1", "不予立案", reasons="")
    assert page.status == 422
    assert stage(desk, "YS-C-1") == "RECEIVED"
    assert "不予立案" in words(police.take("YS-C-1", "不予立案", reasons="证据不足"))
    assert "已查阅" in words(police.case("YS-C-1"))

    desk.stepped("supervise", "YS-C-1")
    assert "没有未签收的内容" not in words(procuratorate.list)
    assert "证据不足" in words(procuratorate.case("YS-C-1"))
    procuratorate.take("YS-C-1", "要求说明不立案理由")
    police.take("YS-C-1", "说明不立案理由")
    procuratorate.take("YS-C-1", "通知立案")
    police.take("YS-C-1", "立案")
    procuratorate.take("YS-C-1", "提起公诉", to_agency="intermediate-court")
    assert stage(desk, "YS-C-1") == "INDICTED"

    assert "目前没有对本单位开放的文件" in words(court.dossier("YS-C-1"))
    desk.done("share", "YS-C-1", "--with", "intermediate-court")
    assert len(court.files(court.dossier("YS-C-1"))) == 9
    page = court.take("YS-C-1", "有罪判决", effective_on="2999-01-01")
    assert (page.status, "MALFORMED_REQUEST" in page.text, 'href="#effective_on"' in page.text) == (422, True, True)
    assert "有罪判决" in words(court.take("YS-C-1", "有罪判决", effective_on=today()))
    steps = json.loads(desk.done("show", "YS-C-1", "--json"))["steps"]
    assert [each["step"]["officers"] for each in steps if each["agency"] == "public-security"] == [["刑警 王五"]] * 4


def test_a_case_of_another_jurisdiction_is_forwarded_and_is_not_there_for_the_court(desk, officers):
    desk.sent("YS-C-2", desk.evidence("forwarded"))
    police = officers["police"]
    police.take("YS-C-2", "回执")
    page = police.take("YS-C-2", "转送有管辖权的公安机关", to_agency="no-such-police")
    assert 'href="#to_agency"' in page.text
    police.take("YS-C-2", "转送有管辖权的公安机关", to_agency="public-security-yunxi")

    assert stage(desk, "YS-C-2") == "FORWARDED"
    assert "YS-C-2" not in words(officers["court"].list)


def test_the_procuratorate_opens_what_is_copied_to_it_and_nothing_else(desk, officers):
    desk.sent("YS-C-3", desk.evidence("copied"))
    page = officers["procuratorate"].dossier("YS-C-3")

    assert set(officers["procuratorate"].files(page)) == {"1-letter.pdf", "1-items.pdf"}
    assert words(page).count("不对本单位开放") == 7


def test_what_was_opened_is_gone_with_the_console(desk):
    place = desk.place("police")
    desk.sent("YS-C-4", desk.evidence("gone"))
    before = set(place.glob(".opened-*"))
    with officer_of(desk.served, POLICE, "王五") as police:
        police.dossier("YS-C-4")
        (folder,) = set(place.glob(".opened-*")) - before
        assert len(list(folder.rglob("*.pdf"))) == 8

    assert not folder.exists()


def test_hrss_has_no_such_pages(desk):
    with console_before(desk.served, PARTIES["hrss"]) as link:
        browser = OverThePort(link)
        browser.get(link)
        browser.post(browser.base + "/officer", {"officer": "李四"})

        assert browser.get(browser.base + "/referrals").status == 404
