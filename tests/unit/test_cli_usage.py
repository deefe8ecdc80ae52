"""What was typed wrongly is a usage error that names the option, before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.main import main

CONFIG = Path(__file__).parents[2] / "config"
STEP = ("L-17", "--authority", "示例市人力资源和社会保障局", "--document", "示例1号")
OUTCOME = ("outcome", "report", "91420300MA10004470", "--area", "bidding", "--point", "award", "--case", "C-1")
WITHDRAW = ("penalty-1", "--feed", "penalties", "--kind", "penalty", "--authority", "甲", "--document", "1号")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("clocks", "--due-before", "2026-1-1"), "--due-before"),
        (("timeliness", "--from", "2026-02-30"), "--from"),
        (("timeliness", "--until", "tomorrow"), "--until"),
        (("listing", "propose", *STEP, "--on", "yesterday"), "--on"),
        (("listing", "propose", *STEP, "--due", "20260316"), "--due"),
        (("registry", "withdraw", *WITHDRAW, "--reason", "r", "--void", "--on", "2026-13-01"), "--on"),
        (("registry", "withdraw", *WITHDRAW, "--reason", "r", "--on", "2026-03-01", "--until", "never"), "--until"),
        (("registry", "file", "91420300MA10004470", "--kind", "gossip"), "--kind"),
        ((*OUTCOME, "--answer", "gw1-0"), "--answer"),
        ((*OUTCOME, "--answer", f"gw1-0/{2**64}"), "--answer"),
        ((*OUTCOME, "--leaf", "93f4"), "--leaf"),
        ((*OUTCOME, "--met", "gossip=x"), "--met"),
        ((*OUTCOME, "--on", "soon"), "--on"),
    ],
)
def test_what_is_no_day_or_no_kind_is_a_usage_error(words, option, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert f"argument {option}: " in capsys.readouterr().err


@pytest.mark.parametrize(("name", "options"), [("gossip.jsonl", ()), ("wage_list.jsonl", ("--feed", "gossip"))])
def test_a_feed_to_which_nobody_submits_is_a_usage_error_that_names_those_there_are(tmp_path, capsys, name, options):
    file = tmp_path / name
    file.touch()

    assert main(["--config", str(CONFIG), "--state", str(tmp_path), "import", str(file), *options]) == 2
    assert "--feed: 'gossip' is none of market_regulation, wage_list, " in capsys.readouterr().err
