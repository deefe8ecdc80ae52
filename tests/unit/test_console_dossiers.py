"""A dossier in the console: what of it holds, what does not, and each file handed over as one to be kept."""

from __future__ import annotations

import json
import re

import pytest
from console_desk import SCRIPT
from justice_desk import CASE, JusticeDesktop
from justice_gateway import Authority

from adapters.justice.case_data import KIND
from formats.dossier import Material

TITLES = {"kind": KIND, "referral_id": CASE, "facts": {}, "titles": {"order": f"指令书 {SCRIPT}", "letter": "移送书"}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def desktop(authority, tmp_path):
    return JusticeDesktop(authority, tmp_path)


def sent(desktop, **files):
    """Send an order and a letter, and what else there is."""
    whole = {"order": (b"an order", Material.ORDER), "letter": (b"a letter", Material.REFERRAL_LETTER), **files}
    for item_id, (content, material) in whole.items():
        desktop.played.seal(item_id, content, material)
    desktop.played.send()
    return desktop.dossier()


def save(desktop, page, item_id, part="1"):
    at = re.search(r'/dossiers/[^"/]+/file', page.text)[0]
    return desktop.post(at, {"part": part, "item": item_id})


def test_a_file_that_holds_is_handed_over_to_be_kept_and_never_shown(desktop):
    page = sent(desktop, page=(b"<script>alert(1)</script>", Material.OTHER))
    assert "全部成立" in page.words
    assert page.text.count("保存文件</button>") == 3
    for item_id, content in {"order": b"an order", "page": b"<script>alert(1)</script>"}.items():
        file = save(desktop, page, item_id)

        assert (file.status, file.content) == (200, content)
        assert file.headers["content-disposition"] == f'attachment; filename="1-{item_id}.pdf"'
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert file.headers["cache-control"] == "no-store"


def test_each_file_is_told_with_kind_size_collector_and_hash(desktop):
    page = sent(desktop)

    for said in ("限期整改指令书", "书证", "8 字节", "officer 收集于 2026-11-02", "清单由 hrss 签名"):
        assert said in page.words
    hashes = {item.content_sha256 for part in (desktop.played.spool.files(),) for item in (f.item for f in part)}
    assert set(re.findall(r"[0-9a-f]{64}", page.text)) == hashes


def test_titles_are_those_that_hrss_has_signed_and_they_are_text(desktop):
    page = sent(desktop, data=(json.dumps(TITLES).encode(), Material.CASE_DATA))

    assert "移送书" in page.words
    assert "<script>" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("content", [b"no json", b"[]", b'{"titles": {"order": "X"}}', b'{"kind": 1, "titles": 2}'])
def test_what_says_no_titles_hinders_nothing(desktop, content):
    page = sent(desktop, data=(content, Material.CASE_DATA))

    assert "全部成立" in page.words
    assert "<strong>order</strong>" in page.text


def test_a_file_that_was_changed_is_marked_not_opened_and_hinders_no_other(desktop):
    sent(desktop)
    for file in desktop.played.folder.joinpath("opened").rglob("*.pdf"):
        file.unlink()
    content = bytearray(desktop.gateway.files["order"])
    content[3] ^= 1
    desktop.gateway.files["order"] = bytes(content)
    page = desktop.dossier()

    assert "有 1 件不成立" in page.words
    assert 'class="tag bad">内容被改动' in page.text
    assert page.text.count("保存文件</button>") == 1
    assert [file.name for file in desktop.played.folder.joinpath("opened").rglob("*.pdf")] == ["1-letter.pdf"]
    assert save(desktop, page, "order").status == 422
    assert save(desktop, page, "letter").content == b"a letter"


def test_a_file_that_ends_too_early_is_told(desktop):
    sent(desktop)
    for file in desktop.played.folder.joinpath("opened").rglob("*.pdf"):
        file.unlink()
    desktop.gateway.files["order"] = desktop.gateway.files["order"][:-1]

    assert "文件不完整" in desktop.dossier().words


def test_what_was_changed_on_the_disk_is_not_handed_over_but_fetched_again(desktop):
    page = sent(desktop)
    (opened,) = desktop.played.folder.joinpath("opened").rglob("1-order.pdf")
    opened.write_bytes(b"an odder")

    assert save(desktop, page, "order").content == b"an order"


def test_opened_files_can_be_read_by_their_owner_alone(desktop):
    sent(desktop)
    opened = desktop.played.folder / "opened"

    assert {path.stat().st_mode & 0o077 for path in opened.rglob("*")} == {0}


def test_a_list_that_hrss_has_not_signed_opens_nothing(desktop):
    sent(desktop)
    part = desktop.gateway.parts[0]
    part.signature.CopyFrom(desktop.played.police.sign("manifest", part.manifest))
    desktop.get(desktop.at)
    page = desktop.post(f"{desktop.at}/dossier")

    assert page.status == 422
    assert "签名或者签名人不符" in page.words
    assert "保存文件" not in page.words


def test_what_is_not_for_the_party_is_listed_and_not_offered(desktop):
    sent(desktop)
    part = desktop.gateway.parts[0]
    kept = [key for key in part.keys if key.item_id != "order"]
    del part.keys[:]
    part.keys.extend(kept)
    page = desktop.dossier()

    assert 'class="tag doubt">不对本单位开放' in page.text
    assert "全部成立" in page.words
    assert page.text.count("保存文件</button>") == 1
    assert save(desktop, page, "order").status == 422


def test_without_the_key_nothing_opens(desktop, tmp_path):
    sent(desktop)
    (desktop.place / "keys").unlink()
    for file in desktop.played.folder.joinpath("opened").rglob("*.pdf"):
        file.unlink()
    page = desktop.dossier()

    assert "有 2 件不成立" in page.words
    assert "本单位的密钥不能打开" in page.words
    (desktop.place / "keys").mkdir()
    (desktop.place / "keys" / "a.pem").write_bytes(b"no key")
    desktop.get(desktop.at)
    assert desktop.post(f"{desktop.at}/dossier").status == 422


@pytest.mark.parametrize(
    ("item", "part"), [("nothing", "1"), ("order", "2"), ("order", "x"), ("../order", "1"), ("", "")]
)
def test_what_no_list_names_is_not_there(desktop, item, part):
    page = sent(desktop)

    assert save(desktop, page, item, part).status == 404


def test_a_disk_that_is_full_is_told_and_nothing_is_shown(desktop):
    opened = desktop.played.folder / "opened"
    opened.write_bytes(b"no folder")
    desktop.played.seal()
    desktop.played.send()
    desktop.get(desktop.at)
    page = desktop.post(f"{desktop.at}/dossier")

    assert page.status == 500
    assert "本机不能写入文件" in page.words


def test_nothing_is_there_before_something_is_sent(desktop):
    assert "目前没有对本单位开放的文件" in desktop.dossier().words
