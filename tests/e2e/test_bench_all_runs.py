"""All figures by one command, and what stands beside them, once, with counts so small that they mean nothing."""

from __future__ import annotations

import json

import pytest
from e2e.served import CONFIG
from e2e.test_bench_runs import jsg
from postgres import running_postgres
from sqlalchemy import inspect, text

from gateway.bench.comparison import echo_of
from gateway.bench.load import load_on
from gateway.bench.processes import BenchError, running, serving_port
from gateway.cli.bench_places import plan_of, write_asked
from gateway.cli.local_city import Place, prepare
from gateway.storage.engine import open_engine

SMALL = ("--enterprises", "40", "--pairs", "2", "--seconds", "0.4", "--in-flight", "6")


@pytest.mark.slow
def test_parts_are_measured_once_and_a_quick_run_judges_nothing(tmp_path):
    words = ("bench", "all", "--quick", "--only", "batch", "nodes", "--json")
    first, second = (jsg(tmp_path / "state", *words, timeout=250) for _ in range(2))

    result = json.loads(first.stdout)
    figure = result["figures"]["F3"]
    assert figure["value"] > 0
    assert (figure["met"], figure["definition"], figure["part"]) == (None, False, "batch")
    assert figure["delivered"]["decisions_per_second"] > 0
    assert {"processor", "cores", "kernel", "python", "grpcio", "sync_us", "load_average"} <= set(result["machine"])
    assert "bench batch" in result["parts"]["batch"]["command"]
    assert "needs --postgres" in result["missing"]["F7/nodes"]
    assert (first.returncode, second.returncode) == (1, 1)  # what is not measured is not met
    assert "pair 1 of 2" in first.stderr
    assert "pair 1 of 2" not in second.stderr
    assert json.loads(second.stdout)["figures"] == result["figures"]
    assert [file.name for file in (tmp_path / "state/bench-quick").iterdir()] == ["batch.json"]


def test_the_table_is_written_from_what_was_measured(tmp_path):
    result = {
        "figures": {"F12": {"value": 3.7, "spread": [3.7, 3.7], "met": True, "reached": True, "definition": True}}
    }
    (tmp_path / "figures.json").write_text(json.dumps(result), encoding="utf-8")
    done = jsg(tmp_path / "state", "bench", "table", str(tmp_path / "figures.json"))

    assert (
        "| F12 | offline verification of a 1 M-entry log, s | ≤ 30 | ≤ 8 | **3.7**, bar and goal met |" in done.stdout
    )
    assert done.stdout.count("not measured") == 15
    (tmp_path / "figures.json").write_text("no", encoding="utf-8")
    assert jsg(tmp_path / "state", "bench", "table", str(tmp_path / "figures.json")).returncode == 1


@pytest.mark.slow
def test_an_in_house_service_is_measured_beside_and_who_is_missing_is_named(tmp_path):
    done = jsg(tmp_path / "state", "bench", "peers", *SMALL, "--cerbos", str(tmp_path / "none"), "--json", timeout=250)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["figures"]["F9"]["value"] > 0
    assert set(result["servers"]) == {"this gateway", "bare echo", "echo that records", "in-house service"}
    assert set(result["servers"]["in-house service"]["verdicts"]) <= {"CLEAR", "RESTRICTED"}
    assert result["servers"]["bare echo"]["verdicts"] == {}
    (missing,) = result["missing"]
    assert missing in done.stderr
    assert "Cerbos is not measured" in missing
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_registers_and_calls_in_flight_are_one_table(tmp_path):
    sizes = ("--records", "400,900", "--in-flight", "1,3", "--pairs", "1", "--seconds", "0.3")
    done = jsg(tmp_path / "state", "bench", "growth", *sizes, "--json", timeout=250)

    assert done.returncode == 0, done.stderr
    curves = json.loads(done.stdout)["curves"]
    assert [(records, *points) for records, points in curves.items()] == [("400", "1", "3"), ("900", "1", "3")]
    assert all(point["calls_per_second"] > 0 for points in curves.values() for point in points.values())
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.slow
def test_across_two_nodes_one_commits_and_the_other_is_asked_before_and_after_it_is_started_again(tmp_path):
    with running_postgres() as server:
        url = server.url(server.new_database())
        (tmp_path / "url").write_text(url, encoding="utf-8")
        words = ("bench", "reach", "--listings", "2", "--in-flight", "2", "--json", "--restart")
        words = (*words, "--postgres", str(tmp_path / "url"))
        done = jsg(tmp_path / "state", *words, timeout=200)
        engine = open_engine(url)
        left = inspect(engine).get_table_names()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE of_somebody (id int)"))
        engine.dispose()
        refused = jsg(tmp_path / "state", *words)

    figure = json.loads(done.stdout)["figures"]["F7/nodes"]
    assert (figure["bar"], figure["listed"]["commits"]) == (1, 2)
    assert len(figure["repaired"]["p99_by_area"]) == 9
    assert done.returncode == (0 if figure["met"] else 1)
    assert left == []
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr


def test_a_server_whose_answers_are_no_verdicts_fails_the_round(tmp_path):
    place = Place(CONFIG, tmp_path)
    config = prepare(place.config, place.state)
    write_asked(place, 20)
    plan = plan_of(place, config, 2, (1, 0.2))
    settings = {
        "port": 0,
        "answer_bytes": 300,
        "certificate": plan.server_certificate,
        "key": plan.server_key,
        "authorities": plan.asking.credentials.authorities,
    }
    log = tmp_path / "echo.log"
    with running(["gateway.bench.echo"], log, settings) as echo:
        port = serving_port(echo, log)
        with (
            load_on(port, [echo.pid], plan.asking, tmp_path / "callers.log", verdicts=True) as load,
            pytest.raises(BenchError, match="a call was not answered"),
        ):
            load.round(0.2)
    with echo_of(plan, 300) as bare:
        assert bare.round(0.2).calls > 0
