"""``jsg referral``: killed midway, what lies on the disk, what is said; the ways of a case: ``referral_stories``."""

from __future__ import annotations

import json
import zipfile

import pytest
from e2e.served import gateway_in
from e2e.typing_referrals import KILL, PARTIES, desk_at
from unit.test_referral_letters import text_of

pytestmark = pytest.mark.xdist_group("referral_command")
POLICE_TOO = ("--police", "public-security", "--procuratorate", "procuratorate")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with (
        gateway_in(tmp_path_factory.mktemp("referral-command"), filled=False) as gateway,
        desk_at(gateway, tmp_path_factory.mktemp("desk")) as desk,
    ):
        desk.publish(*PARTIES)
        yield desk


def contents(folder):
    return {f"1-{file.name}": file.read_bytes() for file in folder.glob("*.pdf")}


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


def test_a_dossier_becomes_one_file_that_anybody_verifies_without_the_gateway(desk):
    evidence = desk.evidence("exported")
    desk.sent("YS-6", evidence)
    more = desk.evidence("exported-more", {"penalty": ("PENALTY_DECISION", "DOCUMENTARY")})
    desk.stepped("receipt", "YS-6")
    desk.stepped("decide", "YS-6", "materials-request")
    desk.done("seal", "YS-6", more)
    desk.done("upload", "YS-6")
    desk.stepped("supplement", "YS-6", *POLICE_TOO)
    folder, file = desk.folder / "exports", desk.folder / "exports" / "YS-6.asice"
    folder.mkdir()

    midway = "import adapters.justice.exporting as e\ndef no(*a): " + KILL + "\ne.sign_cms=no"
    received = ("--party", "police", "--from", folder / "received")
    assert desk.type("export", "YS-6", file, *received, patch=midway).code == -9
    assert not file.exists()
    assert "已导出并签名" in desk.done("export", "YS-6", file, *received)
    assert desk.type("export", "YS-6", file, *received).code == 1, "what is there is not written over"
    copied = folder / "copied.asice"
    desk.done("export", "YS-6", copied, "--party", "procuratorate")
    assert not list(folder.glob(".copied*")), "nothing opened is left beside it"

    bundle = desk.folder / "ca-bundle.pem"
    bundle.write_bytes((desk.served.place.state / "pki" / "ca-bundle.pem").read_bytes())
    away = ("--config", folder, "--state", folder, "referral", "verify")
    words = ("--authorities", bundle, "--json")
    found = json.loads(desk.typed_away(*away, file, *words).out)
    assert found["exporter"].endswith("/agency/public-security/police")
    assert [part["part"] for part in found["parts"]] == [1, 2]
    with zipfile.ZipFile(file) as archive:
        opened = {each["item_id"]: archive.read(each["file"]) for each in found["files"]}
    assert found["absent"] == []
    assert {f"1-{item}.pdf": content for item, content in opened.items() if f"1-{item}.pdf" in contents(evidence)} == (
        contents(evidence)
    )
    assert opened["penalty"] == (more / "penalty.pdf").read_bytes()
    absent = json.loads(desk.typed_away(*away, copied, *words).out)["absent"]
    assert "order" in {each["item_id"] for each in absent}
    assert "签名 signed by spiffe://" in desk.typed_away(*away, file, "--authorities", bundle).out

    copied.write_bytes(file.read_bytes()[:-1])
    refused = desk.typed_away(*away, copied, "--authorities", bundle)
    assert (refused.code, "文件不完整 cut off" in refused.err) == (1, True)


def test_the_letters_of_a_case_are_drafted_from_what_is_on_record(desk):
    evidence = desk.evidence("letters")
    desk.approved("YS-7")
    drafts = desk.folder / "drafts"
    drafts.mkdir()
    assert "jsg referral letter YS-7 referral --out referral.docx" in desk.done("show", "YS-7")
    named = ("--sender", "示例市人力资源和社会保障局", "--to", "示例市公安局")
    desk.done("letter", "YS-7", "referral", "--folder", evidence, "--out", drafts / "referral.docx", *named)
    text = text_of((drafts / "referral.docx").read_bytes())
    assert "标题 order" in text
    assert "示例市公安局：" in text
    assert "期限（T-22/send" in text
    unwritten = desk.type("letter", "YS-7", "reconsideration", "--out", drafts / "none.docx")
    assert (unwritten.code, "no decision not to file" in unwritten.err) == (1, True)

    desk.done("seal", "YS-7", evidence)
    desk.done("upload", "YS-7")
    desk.stepped("send", "YS-7", *POLICE_TOO)
    desk.stepped("receipt", "YS-7")
    desk.stepped("decide", "YS-7", "non-filing")
    shown = desk.done("show", "YS-7")
    assert "letter YS-7 reconsideration" in shown
    assert "letter YS-7 supervision" in shown
    made = json.loads(desk.done("letter", "YS-7", "reconsideration", "--out", drafts / "again.docx", "--json"))
    assert made["bytes"] == (drafts / "again.docx").stat().st_size
    text = text_of((drafts / "again.docx").read_bytes())
    assert "以示〔2026〕decide-non-filing决定不予立案，理由为：“依法”。" in text
    assert "期限（T-30/contest" in text
    assert "如按工作日计算" in text
    desk.done("letter", "YS-7", "copy", "--out", drafts / "copy.docx")
    assert {"letter", "items"} < set(text_of((drafts / "copy.docx").read_bytes()).split("\n"))

    for refused in (("--out", drafts / "again.docx"), ("--out", drafts / "police.docx", "--party", "police")):
        assert desk.type("letter", "YS-7", "reconsideration", *refused).code == 1
    assert not (drafts / "police.docx").exists()
    assert "jsg referral letter" not in desk.done("show", "YS-7", "--party", "police")


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
