"""The kit's own parts: invented codes, scripted answers, the folder, what the table and the report say."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jointsanctions.v1 import credit_pb2

from adapters.answers import Received, head_of, read_answer, response_digest
from adapters.questions import Applicant, Party
from formats.identifiers import parse_uscc
from gateway.cli.conformance_show import WIDTH, report, show_run
from gateway.cli.main import main
from gateway.conformance import answers, catalogue
from gateway.conformance.areas import AREAS
from gateway.conformance.asking import Reply
from gateway.conformance.catalogue import PROMISES, promises_of, vectors_digest
from gateway.conformance.codes import MOST, invented
from gateway.conformance.errors import ConformanceError
from gateway.conformance.folder import Prepared, load, prepare
from gateway.conformance.playing import Played, Run
from gateway.conformance.promises import Result, Seen, judged
from gateway.conformance.sayings import Saying
from gateway.conformance.script import Line, Script
from gateway.conformance.stage import went_ahead

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
BIDDING = AREAS["bidding"]


def prepared_in(folder):
    return Prepared(folder, BIDDING, "127.0.0.1:50490", "gateway.test:50490", 2)


def answer_to(saying, now=NOW):
    """Return the fault that our adapters find in a scripted answer; empty when it may be relied upon."""
    party = answers.Party(invented(7), (), Line(saying))
    response = credit_pb2.CheckEligibilityResponse(
        decision=answers.decision(party, now), basis=answers.basis(party, 1, now)
    )
    place = answers.position(party, 0, now)
    if place is not None:
        response.audit_position.CopyFrom(place)
    received = Received(response.decision, head_of(response), response_digest(response))
    return read_answer(Applicant(Party(invented(7))), received, now).fault


def test_invented_codes_are_sound_and_differ():
    numbers = [*range(200), MOST // 2, MOST - 1]
    codes = [invented(number) for number in numbers]

    assert len(set(codes)) == len(codes)
    for code in codes:
        assert parse_uscc(code).code == code
    with pytest.raises(ValueError, match="there are"):
        invented(MOST)


def test_the_scripted_gateways_right_answer_may_be_relied_upon():
    assert answer_to(Saying()) == ""


@pytest.mark.parametrize(
    ("saying", "fault"),
    [
        (Saying(effects=(6,)), "INCOHERENT"),
        (Saying(verdict=99), "INCOHERENT"),
        (Saying(decided=False), "OTHER_PARTY"),
        (Saying(about="another"), "OTHER_PARTY"),
        (Saying(others="one more"), "OTHER_PARTY"),
        (Saying(position="none"), "NOT_RECORDED"),
        (Saying(position="short hash"), "NOT_RECORDED"),
        (Saying(holds_seconds=None), "EXPIRED"),
        (Saying(preview=True), "NOT_PRESENT"),
        (Saying(as_of_seconds=-86_400), "NOT_PRESENT"),
    ],
)
def test_each_changed_answer_has_the_fault_that_it_is_to_have(saying, fault):
    assert answer_to(saying) == fault


def test_the_items_of_a_batch_suffer_where_they_are_to():
    items = [credit_pb2.BatchItemDecision(item_id=str(i), line_hash=bytes([i])) for i in range(3)]
    said = {how: [(each.item_id, each.line_hash[0]) for each in answers.in_order(items, how)] for how in HOWS}

    assert said["asked"] == [("0", 0), ("1", 1), ("2", 2)]
    assert said["one missing"] == [("0", 0), ("2", 2)]
    assert said["one twice"] == [("0", 0), ("0", 0), ("2", 2)]
    assert said["exchanged"] == [("0", 1), ("1", 0), ("2", 2)]


HOWS = ("asked", "one missing", "one twice", "exchanged")


def test_a_message_that_is_spoilt_is_none():
    content = credit_pb2.CheckEligibilityResponse(decision={"valid_until": {"seconds": 5}}).SerializeToString()

    assert answers.spoilt(content, "whole") == content
    assert [len(answers.spoilt(content, how)) for how in ("cut off", "noise", "nothing")] == [len(content) // 2, 40, 0]


def test_a_saying_tells_what_it_changes_and_nothing_else():
    assert Saying().changes() == {}
    assert Saying(effects=(6,), late=True).changes() == {"effects": [6], "late": True}


def test_every_promise_has_an_id_of_its_own_both_languages_and_a_source():
    assert len({each.id for each in PROMISES}) == len(PROMISES)
    for each in PROMISES:
        assert re.fullmatch(r"[A-Z]{2}-[A-Z]+", each.id)
        assert re.search("[\u4e00-\u9fff]", each.zh), each.id
        assert each.en.isascii(), each.id
        assert each.source, each.id
        assert each.vectors, each.id
        assert len({vector.id for vector in each.vectors}) == len(each.vectors), each.id


def test_every_promise_stands_in_the_document_word_for_word():
    rows = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    listed = {row[0].strip("`"): tuple(row[1:]) for row in rows if re.match(r"`[A-Z]{2}-[A-Z]+`$", row[0])}

    assert listed == {each.id: (each.en, each.zh, ", ".join(each.source)) for each in PROMISES}


def test_an_area_is_held_to_what_its_law_allows():
    ids = {name: {each.id for each in promises_of(area)} for name, area in AREAS.items()}

    assert ids["bidding"] ^ ids["lending"] == {"AN-RESTRICTED", "AN-UNLAWFUL", "GA-EARLIER"}
    assert "AN-UNLAWFUL" in ids["lending"] & ids["licensing"]


def test_the_digest_of_the_vectors_changes_with_any_of_them(monkeypatch):
    before = {name: vectors_digest(area) for name, area in AREAS.items()}
    assert len(set(before.values())) == len(AREAS)
    assert vectors_digest(BIDDING) == before["bidding"]

    first, *rest = PROMISES
    vector = replace(first.vectors[0], saying=Saying(holds_seconds=3599))
    monkeypatch.setattr(catalogue, "PROMISES", (replace(first, vectors=(vector, *first.vectors[1:])), *rest))

    assert vectors_digest(BIDDING) != before["bidding"]


@pytest.mark.parametrize(
    ("status", "body", "ahead"),
    [
        (200, {"mayProceed": True, "standing": "CLEARED"}, True),
        (200, {"mayProceed": False, "standing": "RESTRICTED"}, False),
        (200, {"mayProceed": False, "standing": "CLEARED"}, True),
        (200, {"mayProceed": False, "standing": "OBSERVED"}, True),
        (200, {}, True),
        (200, {"mayProceed": "no"}, True),
        (503, {"mayProceed": True}, False),
        (0, {}, False),
    ],
)
def test_only_an_explicit_no_or_no_2xx_lets_nobody_go_ahead(status, body, ahead):
    assert went_ahead(Reply(status, raw=json.dumps(body).encode())) is ahead


def test_a_body_that_is_no_object_says_nothing():
    assert [Reply(200, raw=raw).body for raw in (b"", b"[1]", b"\xff", b"true")] == [{}, {}, {}, {}]


def test_one_failure_fails_a_promise_and_nothing_tested_is_no_pass():
    one = {result: Seen("v", result, "") for result in Result}

    assert judged([one[Result.KEPT], one[Result.FAIL]]) is Result.FAIL
    assert judged([one[Result.KEPT], one[Result.NOT_TESTED]]) is Result.KEPT
    assert judged([one[Result.NOT_TESTED]]) is Result.NOT_TESTED
    assert judged([]) is Result.NOT_TESTED


def test_the_script_is_by_enterprise_and_point_and_the_last_line_holds():
    script, line = Script(), Line(Saying(verdict=4))
    script.write("a", 34, Line(Saying()))
    script.write("a", 34, line)

    assert (script.line("a", 34), script.line("a", 33), script.line("b", 34)) == (line, None, None)
    assert [script.next_number() for _ in range(3)] == [0, 1, 2]


def test_what_was_prepared_is_read_back_and_not_overwritten(tmp_path):
    said = prepared_in(tmp_path / "kit")
    files = prepare(said, "127.0.0.1:50491", ("adapter.test",), NOW)

    assert load(said.folder) == said
    assert [file.name for file in files] == ["conformance.json", "adapter-bidding.toml"]
    assert all(path.exists() for path in (*said.asker, *all_of(said.gateway), *all_of(said.impostor)))
    assert said.gateway.callers == said.impostor.callers
    with pytest.raises(ConformanceError, match="is there already"):
        prepare(said, "127.0.0.1:50491", (), NOW)
    prepare(said, "127.0.0.1:50491", (), NOW + timedelta(days=1), force=True)


def all_of(identity):
    return [getattr(identity, field.name) for field in fields(identity)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 2}, "version 2"),
        ({"area": "travel"}, "travel"),
        ({"gateway": {"target": 5, "deadline_seconds": 2}}, "gateway.target"),
        ({"gateway": {"target": "a:1", "deadline_seconds": 0}}, "deadline_seconds"),
        ({"gateway": {}}, "target"),
    ],
)
def test_a_description_that_was_changed_beyond_use_is_refused_by_name(tmp_path, change, why):
    prepare(prepared_in(tmp_path), "127.0.0.1:50491", (), NOW)
    file = tmp_path / "conformance.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | change), encoding="utf-8")

    with pytest.raises(ConformanceError, match=why):
        load(tmp_path)


def test_a_folder_that_nobody_prepared_is_told(tmp_path):
    with pytest.raises(ConformanceError, match="jsg conformance prepare"):
        load(tmp_path)


def whole_run(result):
    seen = (Seen("a vector with a long name, check", result, "HTTP 503 NO_ANSWER " * 6),) * 9
    played = tuple(Played(each, seen) for each in PROMISES)
    return Run("https://127.0.0.1:50491", "bidding", "ab" * 32, NOW, NOW + timedelta(seconds=28), played, whole=False)


@pytest.mark.parametrize("result", list(Result))
def test_the_table_fits_eighty_columns_in_both_languages(result, capsys):
    show_run(whole_run(result))
    lines = capsys.readouterr().out.splitlines()

    wide = re.compile("[\u2e80-\u9fff\uff00-\uffef，。：；（）]")
    assert [line for line in lines if len(line) + len(wide.findall(line)) > WIDTH] == []
    for each in PROMISES:
        assert any(each.id in line and each.zh in line for line in lines)


def test_the_report_says_what_was_played_and_what_was_seen():
    said = report(whole_run(Result.FAIL))

    assert (said["whole"], said["failed"], said["passed"], said["notTested"]) == (False, len(PROMISES), 0, 0)
    assert said["vectors"] == "sha256:" + "ab" * 32
    assert (said["begunAt"], said["endedAt"]) == ("2026-11-29T08:00:00.000000Z", "2026-11-29T08:00:28.000000Z")
    assert [each["id"] for each in said["promises"]] == [each.id for each in PROMISES]
    assert said["promises"][0]["vectors"][0]["result"] == "fail"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("prepare",), "FOLDER"),
        (("prepare", "x", "--restart", "true"), "--restart"),
        (("prepare", "x", "--gateway-listen", "127.0.0.1"), "HOST:PORT"),
        (("prepare", "x", "--gateway-listen", "127.0.0.1:0"), "HOST:PORT"),
        (("prepare", "x", "--gateway-listen", "0.0.0.0:50490"), "--gateway-target"),
        (("prepare", "x", "--deadline", "0"), "--deadline"),
        (("127.0.0.1:50491",), "--folder"),
        (("127.0.0.1:50491", "--folder", "x", "--deadline", "3"), "prepare"),
        (("ftp://127.0.0.1:50491", "--folder", "x"), "HOST:PORT"),
        (("127.0.0.1", "--folder", "x"), "HOST:PORT"),
        (("127.0.0.1:50491", "--folder", "x", "--restart", "'"), "--restart"),
    ],
)
def test_what_was_typed_wrongly_is_a_usage_error(words, why, capsys):
    with pytest.raises(SystemExit) as ended:
        main(("conformance", *words))

    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def test_a_promise_that_there_is_not_is_a_usage_error(tmp_path, capsys):
    assert main(("conformance", "prepare", str(tmp_path), "--json")) == 0
    assert json.loads(capsys.readouterr().out)["gateway"] == "127.0.0.1:50490"

    with pytest.raises(SystemExit) as ended:
        main(("conformance", "127.0.0.1:1", "--folder", str(tmp_path), "--only", "FC-NOTHING"))

    assert ended.value.code == 2
    assert "FC-NOTHING" in capsys.readouterr().err
