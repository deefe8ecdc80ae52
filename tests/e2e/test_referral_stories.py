"""Every way that a referral goes, played by its parties' commands: who may see what, when, and what it sets going."""

from __future__ import annotations

import json

import pytest
from e2e.served import gateway_in, today
from e2e.telling_referrals import TO, Story, Turn
from e2e.typing_referrals import PARTIES, desk_at

pytestmark = pytest.mark.xdist_group("referral_command")
FILED = (
    Turn("receipt", "RECEIVED", "T-25/forward T-26/ask T-27/decide"),
    Turn("decide filing", "FILED", "T-29/hand-over"),
)
INDICTED = Turn("outcome indictment --party procuratorate --to intermediate-court", "INDICTED")
BEFORE_SENDING = ["REPORT", "APPROVAL"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with (
        gateway_in(tmp_path_factory.mktemp("referral-stories"), filled=False) as gateway,
        desk_at(gateway, tmp_path_factory.mktemp("desk")) as desk,
    ):
        desk.publish(*PARTIES)
        yield desk


@pytest.fixture(scope="module")
def evidence(desk):
    return desk.evidence("evidence")


def contents(folder):
    return {f"1-{file.name}": file.read_bytes() for file in folder.glob("*.pdf")}


def pdfs(opened):
    return {name: content for name, content in opened.items() if name.endswith(".pdf")}


def test_a_case_is_filed_indicted_and_judged(desk, evidence):
    story = Story(desk, "YS-1", evidence)
    story.sent()
    assert story.transport("police") == story.transport("procuratorate") == "R"
    assert story.hears("police") == story.hears("procuratorate") == ["SENDING"]
    assert story.transport("police") == "D"
    opened = desk.opened("YS-1", "police")
    assert pdfs(opened) == contents(evidence)
    (data,) = (json.loads(content) for name, content in opened.items() if name.endswith(".json"))
    assert (data["referral_id"], data["titles"]["order"]) == ("YS-1", "标题 order")
    assert set(desk.opened("YS-1", "procuratorate")) == {"1-letter.pdf", "1-items.pdf"}
    assert story.transport("police") == story.transport("procuratorate") == "O"

    assert not story.barred()
    story.take(*FILED)
    assert story.barred()
    story.take(Turn("outcome handover", "HANDED_OVER"))
    assert (story.sees("court"), story.hears("court")) == (None, [])
    story.take(INDICTED)
    assert story.hears("court") == ["SENDING, without evidence", "RECEIPT", "FILING", "HANDOVER", "INDICTMENT"]
    desk.done("share", "YS-1", "--with", "intermediate-court")
    assert story.hears("court") == ["dossier"]
    assert story.transport("court") == "DDDDDD"
    assert pdfs(desk.opened("YS-1", "court")) == contents(evidence)
    assert story.transport("court") == "DDDDDO"

    assert not story.convicted()
    story.take(
        Turn(f"outcome conviction --party court --effective-on {today()}", "CONVICTED"),
        Turn("outcome property-return --party court", "CONVICTED"),
        Turn("outcome closing", "CLOSED"),
    )
    assert story.barred()
    assert story.convicted()
    whole = [
        *("SENDING", "RECEIPT", "FILING", "HANDOVER", "INDICTMENT", "CONVICTION", "PROPERTY_RETURN", "CLOSING"),
    ]
    assert {party: story.sees(party) for party in ("police", "procuratorate", "court", "yunxi")} == {
        "police": whole,
        "procuratorate": whole,
        "court": whole,
        "yunxi": None,
    }
    assert story.sees("hrss") == [*BEFORE_SENDING, *whole]
    assert "YS-1" not in desk.done("list", "--open", "--party", "police")
    assert "YS-1" in desk.done("list", "--party", "police")


def test_a_case_that_is_not_filed_is_reconsidered_upheld_supervised_and_filed_as_ordered(desk, evidence):
    story = Story(desk, "YS-2", evidence)
    story.sent()
    assert set(desk.opened("YS-2", "procuratorate")) == {"1-letter.pdf", "1-items.pdf"}
    story.take(
        FILED[0],
        Turn("decide non-filing", "NOT_FILED", "T-30/contest"),
        Turn("reconsider", "RECONSIDERATION_REQUESTED", "T-31/reconsider"),
        Turn("decide non-filing-upheld", "NOT_FILED_UPHELD", "T-32/supervision"),
        Turn("supervise", "SUPERVISION_REQUESTED"),
    )
    assert story.hears("police") == ["SENDING", "RECONSIDERATION_REQUEST", "SUPERVISION_REQUEST"]
    desk.done("share", "YS-2", "--with", "procuratorate")
    assert pdfs(desk.opened("YS-2", "procuratorate")) == contents(evidence)
    story.take(
        Turn("outcome explanation-request --party procuratorate", "SUPERVISION_REQUESTED", "T-34/explain"),
        Turn("outcome explanation --party police", "SUPERVISION_REQUESTED"),
        Turn("outcome filing-order --party procuratorate", "FILING_ORDERED", "T-35/file"),
    )
    assert not story.barred()
    assert story.hears("hrss") == [
        *("RECEIPT", "NON_FILING", "NON_FILING_UPHELD", "EXPLANATION_REQUEST", "EXPLANATION", "FILING_ORDER"),
    ]
    story.take(Turn("decide filing", "FILED", "T-29/hand-over T-37/conclude"))
    assert story.barred()
    assert story.hears("procuratorate")[-1] == "FILING"
    assert set(story.transport("procuratorate")) == {"D", "O"}
    assert story.sees("court") is None


def test_a_case_of_another_jurisdiction_goes_on_with_the_next_police_alone(desk, evidence):
    story = Story(desk, "YS-3", evidence)
    story.sent()
    assert story.sees("yunxi") is None
    story.take(FILED[0], Turn("decide forwarding --to public-security-yunxi", "FORWARDED"))
    desk.done("share", "YS-3", "--with", "public-security-yunxi", "--party", "police")
    assert story.hears("yunxi") == ["SENDING, without evidence", "RECEIPT", "FORWARDING", "dossier"]
    assert pdfs(desk.opened("YS-3", "yunxi")) == contents(evidence)
    assert story.transport("yunxi") == "DDDO"
    story.take(
        Turn("receipt --party yunxi", "RECEIVED", "T-25/forward T-26/ask T-27/decide"),
        Turn("decide filing --party yunxi", "FILED", "T-29/hand-over"),
    )
    assert story.barred()
    assert story.sees("police") == ["SENDING", "RECEIPT", "FORWARDING"]
    refused = desk.type(
        *("outcome", "YS-3", "withdrawal", "--party", "police", "--document", "d", "--by", "o", "--reasons", "r"),
        *("--document-file", desk.folder / "document.pdf"),
    )
    assert (refused.code, "NOT_THIS_AUTHORITY" in refused.err) == (1, True), refused
    assert story.hears("police") == ["SENDING"], "and nothing of what follows"


def test_a_case_is_supplemented_as_it_was_asked_for(desk, evidence):
    story = Story(desk, "YS-4", evidence)
    story.sent()
    story.take(
        FILED[0],
        Turn("decide materials-request", "RECEIVED", "T-26/supply T-27/decide"),
    )
    more = desk.evidence("more", {"penalty": ("PENALTY_DECISION", "DOCUMENTARY")})
    story.supply(more)
    story.take(Turn(f"supplement {' '.join(TO)}", "RECEIVED", "T-27/decide"))
    assert story.hears("procuratorate") == ["SENDING", "RECEIPT", "MATERIALS_REQUEST", "SUPPLEMENT"]
    assert desk.opened("YS-4", "police")["2-penalty.pdf"] == (more / "penalty.pdf").read_bytes()
    assert pdfs(desk.opened("YS-4", "procuratorate")).keys() == {"1-letter.pdf", "1-items.pdf", "2-penalty.pdf"}
    assert (story.transport("police"), story.transport("procuratorate")) == ("OO", "ODDO")


def test_a_case_that_the_police_withdraw_bars_nothing_any_more(desk, evidence):
    story = Story(desk, "YS-5", evidence)
    story.sent()
    story.take(*FILED, Turn("outcome handover", "HANDED_OVER"))
    assert story.barred()
    story.take(Turn("outcome withdrawal --party police", "WITHDRAWN"))
    assert not story.barred()
    assert story.hears("hrss") == ["RECEIPT", "FILING", "WITHDRAWAL"]
    story.take(Turn("outcome administrative-return", "RETURNED_ADMIN"), Turn("outcome closing", "CLOSED"))
    assert not story.barred()
    assert story.hears("procuratorate")[-3:] == ["WITHDRAWAL", "ADMINISTRATIVE_RETURN", "CLOSING"]
    assert (story.sees("court"), story.hears("court"), story.convicted()) == (None, [], False)


def test_what_is_paid_before_the_filing_is_told_to_everybody_with_what_it_means_there(desk, evidence):
    story = Story(desk, "YS-6", evidence, court="intermediate-court")
    story.sent()
    story.take(FILED[0])
    story.pay(seen="Paid before filing")
    paid = "Paid before filing"
    assert story.hears("police") == ["SENDING", paid]
    assert story.hears("procuratorate") == ["SENDING", "RECEIPT", paid]
    assert story.hears("court") == ["SENDING, without evidence", paid], "a notice, and what was paid"
    assert story.sees("court") == ["SENDING"]
    assert len(story.shown("court")["payments"]) == 1
    assert desk.opened("YS-6", "court") == {}

    story.take(
        Turn("decide non-filing", "NOT_FILED", "T-30/contest"),
        Turn("outcome administrative-return", "RETURNED_ADMIN"),
    )
    story.pay(seen="The case has ended")
    assert story.hears("court") == ["The case has ended"]
    story.take(Turn("outcome closing", "CLOSED"))
    assert not story.barred()


def test_what_is_paid_before_the_indictment_and_after_it_is_told_with_what_it_means_there(desk, evidence):
    story = Story(desk, "YS-7", evidence, court="intermediate-court")
    story.sent()
    story.take(*FILED)
    story.pay(seen="Paid before indictment")
    paid = "Paid before indictment"
    assert story.hears("police") == ["SENDING", paid]
    assert story.hears("procuratorate") == ["SENDING", "RECEIPT", "FILING", paid]
    assert story.hears("court") == ["SENDING, without evidence", paid]
    assert story.barred(), "who pays is still pursued"

    story.take(INDICTED)
    story.pay(seen="Paid before the judgment of first instance")
    assert story.hears("court") == ["RECEIPT", "FILING", "INDICTMENT", "Paid before the judgment of first instance"]
    story.take(Turn(f"outcome exemption --party court --effective-on {today()}", "EXEMPTED"))
    assert (story.barred(), story.convicted()) == (True, True)
    story.pay(seen="The case has ended")
    assert story.hears("police")[-2:] == ["EXEMPTION", "The case has ended"]
    assert len(story.shown("police")["payments"]) == 3


def test_what_is_paid_before_the_indictment_may_end_in_none_and_the_bar_with_it(desk, evidence):
    story = Story(desk, "YS-8", evidence)
    story.sent()
    story.take(*FILED, Turn("outcome handover", "HANDED_OVER"))
    story.pay(seen="Paid before indictment")
    story.take(
        Turn("outcome non-prosecution --party procuratorate", "NON_PROSECUTED", "T-41/opinion"),
        Turn("outcome opinion --party procuratorate", "NON_PROSECUTED", "T-41/answer"),
        Turn("outcome opinion-answer", "NON_PROSECUTED"),
    )
    assert not story.barred()
    assert story.hears("hrss") == ["RECEIPT", "FILING", "NON_PROSECUTION", "OPINION"]
    story.take(Turn("outcome administrative-return", "RETURNED_ADMIN"), Turn("outcome closing", "CLOSED"))
    assert (story.sees("court"), story.convicted()) == (None, False)


def test_police_that_lost_their_key_open_the_dossier_by_the_next_once_it_is_shared_again(desk, evidence):
    story = Story(desk, "YS-9", evidence)
    story.sent()
    desk.place("police").rename(desk.folder / "lost")
    refused = desk.type("download", "YS-9", desk.folder / "unopened", "--party", "police")
    assert (refused.code, "not for us" in refused.err) == (1, True), refused
    again = desk.type("share", "YS-9", "--with", "public-security")
    assert (again.code, "by these keys" in again.err) == (1, True), "the same key needs nothing anew"

    desk.publish("police")
    desk.done("share", "YS-9", "--with", "public-security")
    assert story.hears("police") == ["SENDING", "dossier"]
    assert pdfs(desk.opened("YS-9", "police")) == contents(evidence)
    assert story.transport("police") == "OO"
