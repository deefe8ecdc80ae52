"""What a shell completes is what the commands take."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from gateway.cli.completion import SHELLS
from gateway.cli.main import COMMANDS, main

ALL = [name for names in COMMANDS.values() for name in names]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_is_there_for_each_shell(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [name for name in ALL if name not in script] == []
    assert "--decision" in script or "--point" in script


def test_bash_completes_a_command_and_its_options(tmp_path, capsys):
    main(["completion", "bash"])
    script = tmp_path / "jsg.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")

    def completed(*words):
        line = " ".join(words)
        code = (
            f"source {script}; COMP_WORDS=({line}); [[ '{words[-1]}' == '' ]] && COMP_WORDS+=(''); "
            f'COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); _shtab_jsg; printf "%s\\n" "${{COMPREPLY[@]}}"'
        )
        return subprocess.run(
            [shutil.which("bash"), "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()

    assert "completion" in completed("jsg", "compl")
    assert "--json" in completed("jsg", "check", "--js")


def test_without_the_library_it_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert "the extra `completion`" in capsys.readouterr().err
