"""``jsg referral``: one case from its report to its judgment by commands alone, and one that is passed on."""

from __future__ import annotations

import json

import pytest
from e2e.served import gateway_in, today
from e2e.typing_referrals import KILL, PARTIES, Desk

pytestmark = pytest.mark.xdist_group("referral_command")
POLICE_TOO = ("--police", "public-security", "--procuratorate", "procuratorate")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("referral-command"), filled=False) as gateway:
        desk = Desk(gateway, tmp_path_factory.mktemp("desk"))
        desk.publish(*PARTIES)
        yield desk


def contents(folder):
    return {f"1-{file.name}": file.read_bytes() for file in folder.glob("*.pdf")}


def test_a_case_goes_from_report_to_judgment_by_commands_alone(desk):
    evidence = desk.evidence("whole")
    assert "已移送 SENT" in desk.sent("YS-1", evidence)

    assert "移送 sending" in desk.done("watch", "--once", "--party", "police")
    assert desk.done("inbox", "--party", "police").endswith("0 条未签收 not acknowledged\n")
    opened = desk.opened("YS-1", "police")
    data = {name: opened.pop(name) for name in list(opened) if name.endswith(".json")}
    assert opened == contents(evidence)
    (told,) = map(json.loads, data.values())
    assert (told["referral_id"], told["titles"]["order"]) == ("YS-1", "标题 order")
    assert set(desk.opened("YS-1", "procuratorate")) == {"1-letter.pdf", "1-items.pdf"}

    assert "已签收 RECEIVED" in desk.stepped("receipt", "YS-1")
    assert "已立案 FILED" in desk.stepped("decide", "YS-1", "filing")
    assert "HANDED OVER" in desk.stepped("outcome", "YS-1", "handover")
    indicting = ("indictment", "--party", "procuratorate", "--to", "intermediate-court")
    assert "已提起公诉 INDICTED" in desk.stepped("outcome", "YS-1", *indicting)
    desk.done("share", "YS-1", "--with", "intermediate-court")
    assert desk.opened("YS-1", "court")["1-interviews.pdf"] == contents(evidence)["1-interviews.pdf"]
    judged = ("conviction", "--party", "court", "--effective-on", today())
    assert "有罪判决 CONVICTED" in desk.stepped("outcome", "YS-1", *judged)
    desk.stepped("outcome", "YS-1", "property-return", "--party", "court")
    assert "已归档 CLOSED" in desk.stepped("outcome", "YS-1", "closing")

    shown = json.loads(desk.done("show", "YS-1", "--json"))
    assert [each["step"]["kind"].removeprefix("REFERRAL_ACT_KIND_") for each in shown["steps"]] == [
        *("REPORT", "APPROVAL", "SENDING", "RECEIPT", "FILING", "HANDOVER", "INDICTMENT", "CONVICTION"),
        *("PROPERTY_RETURN", "CLOSING"),
    ]
    assert "YS-1" not in desk.done("list", "--open", "--party", "police")
    assert "YS-1" in desk.done("list", "--party", "police")


def test_a_case_is_passed_on_supplemented_and_paid_by_commands_alone(desk):
    evidence = desk.evidence("passed-on")
    desk.sent("YS-2", evidence)
    desk.stepped("receipt", "YS-2")
    desk.stepped("decide", "YS-2", "forwarding", "--to", "public-security-yunxi")
    desk.done("share", "YS-2", "--with", "public-security-yunxi", "--party", "police")
    assert desk.opened("YS-2", "yunxi")["1-order.pdf"] == contents(evidence)["1-order.pdf"]
    desk.stepped("receipt", "YS-2", "--party", "yunxi")
    desk.stepped("decide", "YS-2", "materials-request", "--party", "yunxi")

    more = desk.evidence("more", {"penalty": ("PENALTY_DECISION", "DOCUMENTARY")})
    desk.done("seal", "YS-2", more)
    desk.done("upload", "YS-2")
    passed_on = ("--police", "public-security-yunxi", "--procuratorate", "procuratorate")
    desk.stepped("supplement", "YS-2", *passed_on)
    assert desk.opened("YS-2", "yunxi")["2-penalty.pdf"] == (more / "penalty.pdf").read_bytes()
    assert "2-penalty.pdf" in desk.opened("YS-2", "procuratorate")

    proof = ("--document", "付〔2026〕1号", "--document-file", desk.folder / "document.pdf")
    paid = desk.done("pay", "YS-2", "--on", "2026-11-20", "--fen", 7_200_000, "--in-full", *proof)
    assert "before filing" in paid
    assert "支付 paid 72,000.00" in desk.done("watch", "--once", "--party", "yunxi")


def test_whatever_is_killed_goes_on_where_it_was_and_arrives_once(desk):
    evidence = desk.evidence("killed", size=3 << 20)
    desk.approved("YS-3")
    spool = desk.place("hrss") / "spool" / "case-YS-3"
    after_two = "import adapters.justice.spool as s; at=[0]; old=s.Spool.seal_stream\n" + (
        "def seal(*a):\n at[0]+=1\n if at[0]==3: " + KILL + "\n return old(*a)\ns.Spool.seal_stream=seal"
    )
    assert desk.type("seal", "YS-3", evidence, patch=after_two).code == -9
    before = {file.name: file.read_bytes() for file in spool.glob("*.sealed")}
    assert len(before) == 2
    desk.done("seal", "YS-3", evidence)
    assert {name: (spool / name).read_bytes() for name in before} == before

    midway = "import adapters.justice.uploading as u; old=u._messages\n" + (
        "def messages(*a):\n for n, m in enumerate(old(*a)):\n  if n == 3: "
        + KILL
        + "\n  yield m\nu._messages=messages"
    )
    assert desk.type("upload", "YS-3", patch=midway).code == -9
    desk.done("upload", "YS-3")

    unheard = "import adapters.client as c; old=c.GatewayClient.referral\n" + (
        "def call(self, rpc, *a):\n answer = old(self, rpc, *a)\n if rpc == 'SendReferral': "
        + KILL
        + "\n return answer\nc.GatewayClient.referral=call"
    )
    document = ("--document", "示移〔2026〕3号", "--document-file", desk.folder / "document.pdf", "--by", "o")
    assert desk.type("send", "YS-3", *POLICE_TOO, *document, patch=unheard).code == -9
    assert "已移送 SENT" in desk.done("send", "YS-3", *POLICE_TOO, *document)
    steps = json.loads(desk.done("show", "YS-3", "--json"))["steps"]
    assert [each["step"]["kind"] for each in steps].count("REFERRAL_ACT_KIND_SENDING") == 1

    unsaid = unheard.replace("SendReferral", "AcknowledgeInbox")
    kept = "import adapters.justice.following as f\ndef no(*a): " + KILL + "\nf._acknowledge=no"
    assert desk.type("watch", "--once", patch=kept).code == -9
    assert desk.type("watch", "--once", patch=unsaid).code == -9
    desk.done("watch", "--once")
    lines = [json.loads(line) for line in desk.done("watch", "--kept", "--json").splitlines()]
    assert len({line["place"] for line in lines}) == len(lines)
    assert [line["referral_id"] for line in lines].count("YS-3") == 1

    received = "import adapters.justice.fetching as f\ndef no(*a): " + KILL + "\nf._open=no"
    folder = desk.folder / "police-YS-3"
    assert desk.type("download", "YS-3", folder, patch=received).code == -9
    opened = desk.opened("YS-3", "police")
    assert {name: opened[name] for name in contents(evidence)} == contents(evidence)
    assert not list(folder.glob(".*"))


def test_no_key_of_a_file_lies_in_plain_on_the_disk_of_who_seals(desk):
    evidence = desk.evidence("plain")
    desk.stepped("open", "YS-4", "--facts", desk.folder / "facts.json", "--report", officers=2)
    drawn = desk.folder / "drawn"
    noting = "import secrets; old = secrets.token_bytes\ndef draw(n):\n made = old(n)\n "
    noting += f"print(made.hex(), file=open({str(drawn)!r}, 'a'), flush=True)\n return made\nsecrets.token_bytes = draw"
    assert desk.type("seal", "YS-4", evidence, patch=noting).code == 0
    keys = [bytes.fromhex(line) for line in drawn.read_text().split()]
    spooled = b"".join(file.read_bytes() for file in (desk.place("hrss") / "spool" / "case-YS-4").iterdir())

    assert len(keys) == len(contents(evidence)) + 1
    assert not [key for key in keys if key in spooled or key.hex().encode() in spooled]


def test_what_cannot_be_done_is_said_with_its_reason_and_ends_with_one(desk):
    unknown = desk.type("show", "YS-NONE", "--party", "police")
    assert (unknown.code, "ENTERPRISE_NOT_FOUND" in unknown.err) == (1, True)
    nothing = desk.type("seal", "YS-1", desk.folder)
    assert (nothing.code, "dossier.toml: cannot be read" in nothing.err) == (1, True)
    assert desk.type("open", "YS-5", "--facts", desk.folder / "facts.json", "--report").code == 2
    assert desk.type("decide", "YS-1", "conviction").code == 2
