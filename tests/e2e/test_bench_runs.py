"""The benchmark itself, once, with counts so small that its figures mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from e2e.served import CONFIG


def jsg(state, *words, timeout=120):
    command = [sys.executable, "-m", "gateway", "--config", str(CONFIG), "--state", str(state), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)


def bench(state, *options):
    sizes = ["--enterprises", "40", "--pairs", "2", "--seconds", "0.4", "--in-flight", "6", "--callers", "2"]
    return jsg(state, "bench", "check", *sizes, *options)


def test_the_benchmark_measures_real_processes_and_leaves_nothing_behind(tmp_path):
    done = bench(tmp_path / "state", "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    register = result["registers"]["40"]
    assert result["figures"] == register["figures"]
    assert 0 < result["figures"]["F1"]["value"] < 2
    assert register["pairs"] == 2
    assert register["records"] >= 80
    assert set(register["gateway"]["verdicts"]) <= {"CLEAR", "CONDITIONAL", "RESTRICTED"}
    assert sum(register["gateway"]["verdicts"].values()) > 0.99
    assert register["echo"]["verdicts"] == {}
    assert register["answer_bytes"] > register["request_bytes"] > 80
    assert 0 < register["commits"] <= register["entries"]
    assert "pair 2 of 2" in done.stderr
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_at_a_given_rate_the_delivered_rate_is_told_and_no_ratio(tmp_path):
    sizes = ("--enterprises", "40", "--pairs", "2", "--seconds", "0.5", "--in-flight", "16", "--rate", "60")
    done = jsg(tmp_path / "state", "bench", "check", *sizes, "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    register = result["registers"]["40"]
    assert result["figures"] == register["figures"] == {}
    assert result["settings"]["rate"] == 60
    # Thirty calls are due in each round; the last may be answered after it.
    assert 20 <= register["gateway"]["calls_per_second"]["value"] <= 60
    assert register["gateway"]["latency_us"]["p50"] > 0
    assert 0 < register["echo"]["sent_late_us"] < 500_000


@pytest.mark.slow
def test_batches_are_measured_beside_single_checks_and_every_item_has_a_verdict(tmp_path):
    sizes = ("--enterprises", "40", "--size", "30", "--pairs", "2", "--seconds", "0.5", "--in-flight", "4")
    done = jsg(tmp_path / "state", "bench", "batch", *sizes, "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    figure = result["figures"]["F3"]
    assert figure["spread"][0] <= figure["value"] <= figure["spread"][1]
    assert figure["delivered"]["decisions_per_second"] > figure["delivered"]["calls_per_second"] > 0
    assert set(result["verdicts"]) <= {"CLEAR", "CONDITIONAL", "RESTRICTED"}
    assert sum(result["verdicts"].values()) % 30 == 0
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_an_adapter_is_measured_beside_the_echo_and_only_recorded_verdicts_count(tmp_path):
    sizes = ("--enterprises", "40", "--pairs", "2", "--seconds", "0.4", "--asking", "8")
    done = jsg(tmp_path / "state", "bench", "adapter", *sizes, "--json", timeout=280)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    figure = result["figures"]["F4"]
    assert figure["spread"][0] <= figure["value"] <= figure["spread"][1]
    assert result["checks_per_second"] > 0
    assert set(result["verdicts"]) <= {"CLEAR", "CONDITIONAL", "RESTRICTED"}
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_the_profile_names_the_functions_that_answer(tmp_path):
    file = tmp_path / "stacks"
    done = bench(tmp_path / "state", "--workers", "1", "--profile", str(file))

    assert done.returncode == 0, done.stderr
    assert "gateway/rpc/endpoint.py:_serve" in file.read_text(encoding="utf-8")
    assert "gateway/rpc/endpoint.py:_serve" in done.stdout
    assert "F1 = " in done.stdout


@pytest.mark.slow
def test_several_workers_are_measured_beside_as_many_echoes(tmp_path):
    done = bench(tmp_path / "state", "--json", "--workers", "2")

    assert done.returncode == 0, done.stderr
    register = json.loads(done.stdout)["registers"]["40"]
    assert register["entries"] >= register["commits"] > 0


def test_an_import_is_measured_beside_the_driver_with_the_same_rows(tmp_path):
    done = jsg(tmp_path / "state", "bench", "import", "--records", "1500", "--pairs", "1", "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["figures"]["F6"]["value"] > 1
    assert result["rows"] >= result["records"] == 1500
    assert result["server_mib"] > 50
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_after_the_import_come_the_start_the_growth_and_answers_beside_another_import(tmp_path):
    sizes = ["--records", "1500", "--pairs", "1", "--all", "--beside-records", "25000", "--seconds", "0.3"]
    done = jsg(tmp_path / "state", "bench", "import", *sizes, "--json", timeout=280)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    assert set(figures) == {"F1", "F2", "F5", "F6", "F6/memory", "F8", "F8/memory", "beside"}
    assert figures["F5"]["value"] > 0
    assert 0 < figures["F1"]["value"] < 2
    assert figures["F8/memory"]["value"] > 50
    assert figures["beside"]["pairs"] >= 1
    assert 0 < figures["beside"]["p50"]["idle_ms"] <= figures["beside"]["p99"]["idle_ms"]
    assert list((tmp_path / "state").iterdir()) == []


def test_a_log_is_timed_from_answer_to_checkpoint_and_verified_offline(tmp_path):
    sizes = ["--entries", "700", "--seconds", "1", "--in-flight", "4", "--body-bytes", "300"]
    done = jsg(tmp_path / "state", "bench", "log", *sizes, "--json", timeout=280)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    assert 0 < figures["F11"]["idle"]["p50"] <= figures["F11"]["value"]
    assert figures["F11"]["beside 4 in flight"]["answers"] > 0
    assert {step: each["entries"] for step, each in figures["steps"].items()} == {
        "record": 700,
        "integrate": 701,
        "fsck": 701,
        "verify": 701,
    }
    assert figures["F12"]["met"] is False  # the figure is of a million entries


@pytest.mark.slow
def test_searches_proofs_and_exports_are_measured_on_a_record_of_its_own(tmp_path):
    done = jsg(tmp_path / "state", "bench", "audit", "--entries", "1200", "--json")

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    pages = result["searches"]
    assert {name for name, (first, _) in pages.items() if not first["rows"]} >= {"unknown officer: none"}
    assert (pages["everything"][0]["rows"], pages["agency"][0]["rows"], pages["agency"][1]["rows"]) == (100, 30, 15)
    assert 0 < pages["enterprise"][1]["rows"] < pages["enterprise"][0]["rows"]
    assert result["export"]["rows"] == 1200
    assert result["proof"]["median_ms"] > 0
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_pages_of_the_console_are_looked_at_over_a_record_of_its_own(tmp_path):
    done = jsg(tmp_path / "state", "bench", "console", "--entries", "1200", "--json")

    result = json.loads(done.stdout)
    assert done.returncode == bool(result["slow"]), done.stderr
    told = {name: page["told"] for kind in ("searches", "charts") for name, page in result[kind].items()}
    assert (told["ever"], told["ever, page 2"], told["a case"], told["an officer who is not there"]) == (50, 50, 3, 0)
    assert 0 < told["an enterprise's history"] <= 50
    assert told["a year, by area"] == told["a year, by agency"] == 1200
    assert told["a year, one agency by area"] == 30
    assert list((tmp_path / "state").iterdir()) == []


def test_a_listing_and_its_repair_are_followed_through_all_nine_areas(tmp_path):
    done = jsg(tmp_path / "state", "bench", "reach", "--listings", "2", "--in-flight", "4", "--json")

    result = json.loads(done.stdout)["figures"]["F7"]
    assert result["value"] == max(result[what]["p99"] for what in ("listed", "repaired"))
    for figures in (result["listed"], result["repaired"]):
        assert len(figures["p99_by_area"]) == 9
        assert figures["commits"] == 2
        assert figures["asked"] >= 2 * 9 * 2
        assert 0 <= figures["p50"] <= figures["p99"] <= figures["most"]
    assert done.returncode == (0 if result["met"] else 1)
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_a_short_soak_looks_judges_and_holds_every_answer_to_the_record(tmp_path):
    sizes = ("--hours", "0.0034", "--share", "0.05", "--window", "1", "--enterprises", "40", "--in-flight", "4")
    done = jsg(tmp_path / "state", "bench", "soak", *sizes, "--warm", "0", "--json", timeout=280)

    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    figure, account = result["figures"]["soak"], result["account"]
    assert figure["disorder"] == []
    assert account["answered"] == account["recorded"]
    assert account["unanswered"] == {}
    assert {name.partition("/")[0] for name in account["answered"]} >= {"CreditService", "RegistryService"}
    assert account["answered"]["CreditService/CheckEligibility"] > 12
    assert len(result["samples"]) == 12
    assert result["verified"]["fsck"]["entries"] == result["verified"]["verify"]["entries"] - 1 > 100
    assert result["limit_calls_per_second"] > result["calls_per_second_due"] > 0
    assert {name for name, one in result["measures"].items() if one["grew"]} == set(figure["grew"])
    assert done.returncode == (0 if figure["met"] else 1)
    assert list((tmp_path / "state").iterdir()) == []
