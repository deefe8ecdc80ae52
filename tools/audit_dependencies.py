"""Asks the advisory service whether anything that the deployment installs has a known vulnerability (``make check``).

A known vulnerability fails the check. A service that cannot be reached does not, because a build must not depend on
somebody else's network; it is said in one line that begins with ``NOT AUDITED``, so that nobody takes it for a pass.
Everything else that goes wrong is a fault of the check itself and fails it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LOCK: Final = Path(__file__).parents[1] / "requirements" / "runtime.lock"
COMMAND: Final = (
    sys.executable,
    *("-P", "-m", "pip_audit"),
    *("--requirement", str(LOCK), "--require-hashes", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "10"),
)
_UNREACHABLE: Final = re.compile(
    r"could not connect|connection|timed? ?out|name resolution|network|proxy|certificate verify|"
    r"\b(?:403|407|429|5[0-9]{2})\b .*(?:error|forbidden|required|many|gateway|unavailable)",
    re.IGNORECASE,
)
"""What pip-audit says of a service that did not answer. Its exit code is that of a finding, so the words must tell."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an audit ended: whether the check may go on, and the lines that say why."""

    lines: tuple[str, ...]
    passed: bool = True


def judge(output: str, errors: str) -> Outcome:
    """Return what an audit's report says; *output* and *errors* are what the tool wrote."""
    try:
        report: Any = json.loads(output)
        listed = report["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (errors.strip() or output.strip() or "it said nothing").splitlines()[-1]
        if _UNREACHABLE.search(errors):
            return Outcome((f"NOT AUDITED: the advisory service was not reached ({last})",))
        return Outcome((f"the audit failed: {last}",), passed=False)
    found = [
        f"{each['name']} {each['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in listed
        for fault in each.get("vulns", ())
    ]
    if found:
        return Outcome(("known vulnerabilities:", *found), passed=False)
    skipped = [each["name"] for each in listed if "skip_reason" in each]
    if skipped or not listed:
        shown = f"the advisory service does not know {len(skipped)} of {len(listed)} packages"
        return Outcome((f"NOT AUDITED: {shown}{': ' if skipped else ''}{', '.join(skipped)}",))
    return Outcome((f"audited: {len(listed)} locked packages have no known vulnerability",))


def main() -> int:
    """Audit the lock of the deployment; 1 when something is known to be vulnerable, or the audit itself failed."""
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    outcome = judge(done.stdout, done.stderr)
    print("\n".join(outcome.lines), file=sys.stdout if outcome.passed else sys.stderr)
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
