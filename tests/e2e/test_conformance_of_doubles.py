"""The kit against adapters that each break one promise on purpose: it finds out which, and no other."""

from __future__ import annotations

import pytest
from conformance_runs import HASTY, LATE, broken, prepared_in, restart_of, run_against, told
from conformance_server import serving_double

from gateway.conformance.areas import AREAS
from gateway.conformance.catalogue import PROMISES, promises_of
from gateway.conformance.errors import ConformanceError
from gateway.conformance.playing import Playing, play
from gateway.conformance.promises import Result

FAULTS = {
    "late is clear": {"FC-TIMEOUT"},
    "an error is clear": {"FC-ERROR"},
    "reads half a message": {"FC-BROKEN"},
    # Whoever takes it for clear at the step before opens the gate on it.
    "unverifiable is clear": {"FC-UNVERIFIABLE", "GA-EARLIER"},
    "restricted is advice": {"FC-RESTRICTED"},
    "any verdict is clear": {"FC-VERDICT"},
    "no effect is none": {"FC-EFFECT"},
    "the verdict is enough": {"FC-COHERENT"},
    # Whoever goes ahead on a condition also does where one has come up since.
    "conditions are advice": {"FC-CONDITIONAL", "GA-EARLIER", "NC-CHECK", "NC-GATE"},
    "needs no record": {"FC-RECORDED"},
    "holds for ever": {"FC-VALID"},
    "any moment is now": {"FC-PRESENT"},
    "about anybody": {"FC-PARTY", "FC-PARTIES", "FC-BATCH", "MX-SWAPPED"},
    "counts on the batch": {"FC-BATCH"},
    "gives no ground": {"AN-RESTRICTED"},
    "needs no officer": {"AN-FULFILLED"},
    "says it in prose": {"AN-PROBLEM"},
    "asks anything": {"QU-CASE"},
    "asks, then looks": {"QU-CASE"},
    "names another officer": {"QU-ASKED"},
    "one at a time": {"MX-OWN"},
    "swaps": {"MX-OWN"},
    "mislays positions": {"MX-OWN"},
    "takes one case for all": {"MX-OWN"},
    "caches": {"NC-CHECK"},
    "trusts the check": {"NC-GATE"},
    "opens unasked": {"GA-EARLIER"},
    "the gate is a formality": {"FC-UNVERIFIABLE", "FC-RESTRICTED", "FC-CONDITIONAL", "NC-GATE"},
    "needs no key": {"RP-KEYLESS"},
    "any body will do": {"RP-OTHER"},
    "does not wait": {"DU-GRANT"},
    # What is done again is also another grant after a restart, and another body's.
    "does it again": {"RP-SAME", "RP-OTHER", "DU-GRANT", "RC-RESTART"},
    "asks before it looks": {"RP-SAME", "RP-OTHER", "DU-GRANT"},
    "reports anew": {"DU-OUTCOME"},
    "reports on the quiet": {"DU-OUTCOME"},
    "shows no position": {"RC-POSITION", "RC-RESTART"},
    "only refusals have receipts": {"RC-RECEIPT", "RC-RESTART"},
    "any receipt will do": {"RC-RECEIPT", "RC-RESTART"},
    "forgets": {"RC-RESTART"},
    # Where nothing was answered it makes up an answer, though one that stops.
    "tells silence as doubt": {"AN-PROBLEM", "FC-TIMEOUT", "FC-ERROR", "FC-AWAY", "FC-IMPOSTOR"},
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepared_in(tmp_path_factory.mktemp("bidding"))


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    return prepared_in(tmp_path_factory.mktemp("hasty"), deadline=HASTY)


def test_an_adapter_of_a_third_party_that_keeps_all_promises_passes(prepared, hasty):
    runs = run_against(prepared), run_against(hasty)

    assert [broken(run) for run in runs] == [set(), set()], [told(run) for run in runs]
    played = {each.promise.id for run in runs for each in run.played}
    assert played == {each.id for each in promises_of(AREAS["bidding"])}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_promise_that_an_adapter_breaks_fails_and_no_other(prepared, hasty, fault):
    run = run_against(prepared, fault)
    assert broken(run) == FAULTS[fault] - LATE, told(run)

    if FAULTS[fault] & LATE:
        assert broken(run_against(hasty, fault)) == LATE


def test_a_gateway_of_any_authority_is_believed_by_one_that_trusts_them_all(prepared):
    run = run_against(prepared, trusts=[prepared.folder / "impostor" / "ca-bundle.pem"])

    assert broken(run) == {"FC-IMPOSTOR"}, told(run)


@pytest.mark.parametrize(("fault", "found"), [("", set()), ("restricts unlawfully", {"AN-UNLAWFUL"})])
@pytest.mark.parametrize("area", ["licensing", "lending"])
def test_where_nobody_may_be_restricted_a_block_is_not_taken_for_lawful(tmp_path, area, fault, found):
    run = run_against(prepared_in(tmp_path, area), fault)

    assert broken(run) == found, told(run)


def test_one_that_says_yes_to_everything_fails_every_single_vector_of_failing_closed(prepared, hasty):
    runs = run_against(prepared, "says yes"), run_against(hasty, "says yes")

    for played in (each for run in runs for each in run.played if each.promise.id.startswith("FC-")):
        yes = {each.vector: each.result for each in played.seen if each.vector not in {"asked again", "nothing asked"}}
        # It asks nobody, in batches neither.
        expected = Result.NOT_TESTED if played.promise.id == "FC-BATCH" else Result.FAIL
        assert set(yes.values()) == {expected}, (played.promise.id, yes)


def test_one_that_stops_everybody_does_not_pass_for_careful(prepared):
    run = run_against(prepared, "stops everybody")

    assert {"AN-CLEAR", "AN-FULFILLED", "MX-OWN"} <= broken(run)


def test_one_without_a_gate_passes_no_vector_of_it(prepared):
    run = run_against(prepared, "has no gate")

    at_gates = [one for each in run.played for one in each.seen if one.vector.endswith(", gate")]
    assert len(at_gates) > 50
    assert {each.result for each in at_gates} == {Result.FAIL}


def test_every_promise_is_broken_by_some_adapter_here():
    found = {promise for promises in FAULTS.values() for promise in promises}

    assert {each.id for each in PROMISES} == found | {"AN-CLEAR", "AN-UNLAWFUL", "FC-IMPOSTOR"}


def test_what_survives_a_restart_is_not_tested_without_one_and_a_part_is_no_whole(prepared):
    with serving_double(prepared) as address:
        run = play(prepared, address, Playing(only=frozenset({"RC-RESTART", "AN-CLEAR"})))

    assert [(each.promise.id, each.result) for each in run.played] == [
        ("AN-CLEAR", Result.KEPT),
        ("RC-RESTART", Result.NOT_TESTED),
    ]
    assert not run.whole


def test_a_restart_that_fails_is_told_and_passes_nothing(prepared):
    with serving_double(prepared) as address:
        run = play(prepared, address, Playing(("false",), frozenset({"RC-RESTART"})))

    (played,) = run.played
    assert played.result is Result.FAIL
    assert "the restart failed" in played.seen[0].said


@pytest.mark.parametrize(("mode", "area", "why"), [("observe", "bidding", "observe"), ("enforce", "lending", "lend")])
def test_one_that_stops_nothing_or_is_of_another_area_is_not_played_against(tmp_path, prepared, mode, area, why):
    with (
        serving_double(prepared_in(tmp_path, area), mode=mode) as address,
        pytest.raises(ConformanceError, match=why),
    ):
        play(prepared, address, Playing(restart_of(address)))
