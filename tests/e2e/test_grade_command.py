"""``jsg grade``, as an officer types it, against a gateway that serves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.xdist_group("served")


def jsg(served, *words):
    """Run ``jsg grade`` and return its exit code and what it printed, or what it said was wrong."""
    place = ["--config", served.place.config, "--state", served.place.state, "--address", f"127.0.0.1:{served.port}"]
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, [*place, "grade", *words])],
        capture_output=True,
        check=False,
        timeout=60,
    )
    said, wrong = done.stdout.decode(), done.stderr.decode()
    assert not (said and wrong)
    return done.returncode, said or wrong


def test_it_prints_both_grades_in_both_languages(served):
    code, said = jsg(served, served.city.example("grade_c").uscc)
    assert code == 0
    assert "shiyan-15333 2021: C (据以处理 weighs)" in said
    assert "national-2016 2016-1: C (仅供对照 shown beside it, weighs nothing)" in said
    assert "存在重大欠薪情节。" in said
    assert "事实 fact" not in said


def test_with_explain_it_prints_all_that_is_behind_them(served):
    uscc = served.city.example("grade_b").uscc
    code, said = jsg(served, uscc, "--explain")
    assert code == 0
    for part in ("事实 fact complaint:", "变化 change", "此后 ahead A", "沿革 history B", "工资保证金 wage deposit"):
        assert part in said
    assert "当时所知 as known then" not in said


def test_at_an_earlier_moment_of_knowledge_it_prints_what_was_known_beside_what_is(served):
    code, said = jsg(served, served.city.example("grade_b").uscc, "--explain", "--known-at", str(served.made_on))
    assert code == 0
    assert "当时所知 as known then NOT_RATED" in said
    assert "沿革 history B" in said
    assert "事实 fact" not in said


def test_one_scheme_is_printed_where_it_is_named(served):
    uscc = served.city.example("grade_b").uscc
    code, said = jsg(served, uscc, "--scheme", "national-2016", "--json")
    assert (code, [each["grade"]["scheme"] for each in json.loads(said)["schemes"]]) == (0, ["national-2016"])
    code, said = jsg(served, uscc, "--scheme", "national-2026")
    assert (code, "none of shiyan-15333, national-2016" in said) == (2, True)


@pytest.mark.parametrize("option", ["--as-of", "--known-at"])
def test_a_date_that_is_none_is_refused_by_its_option(served, option):
    code, said = jsg(served, served.city.example("grade_b").uscc, option, "2026-2-30")
    assert (code, option in said) == (2, True)


def test_a_past_moment_is_answered_for_that_moment(served):
    code, said = jsg(served, served.city.example("grade_b").uscc, "--as-of", "2001-01-01", "--json")
    letters = {each["grade"]["letter"] for each in json.loads(said)["schemes"]}
    assert (code, letters) == (0, {"GRADE_LETTER_NOT_RATED"})
