"""What the documents show to be typed and no test types as it stands: each line by how it begins, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shown_commands import Command

READMES: Final = {
    "make up": "serves until it is interrupted: e2e/test_sample_city_command.py",
    "make test": "is all tests",
    "make dev": "installs what this test runs with",
}
NOT_TYPED: Final[dict[str, dict[str, str]]] = {
    **dict.fromkeys(("README.md", "README.zh-CN.md"), READMES),
    "deploy/patroni/README.md": {
        "apt-get install": "installs Debian packages",
        "deploy/patroni/cluster": "needs Debian's PostgreSQL, Patroni and etcd: system/test_patroni_failover.py",
    },
    "docs/batch-files.md": {"--portfolio": "follows until it is interrupted: e2e/test_portfolios.py"},
    "docs/cases.md": {
        "jsg case watch": "follows until it is interrupted: e2e/test_case_command.py",
        "jsg case acknowledge": "events have the numbers that they got: e2e/test_case_command.py",
    },
    "docs/conformance.md": {
        "adapter bidding --file": "serves until it is interrupted: e2e/test_conformance_of_our_side_car.py",
        "jsg conformance 127.0.0.1": "asks an adapter of somebody's: e2e/test_conformance_of_our_side_car.py",
    },
    "docs/console.md": {"jsg console": "serves until it is interrupted: e2e/test_console.py"},
    "docs/day-index.md": {"": "needs days that are over and indexed: e2e/test_day_proofs.py"},
    "docs/edge.md": {"": "serves until it is interrupted, and needs Envoy: e2e/test_edge.py"},
    "docs/getting-started.md": {
        "make up": READMES["make up"],
        "jsg console": "serves until it is interrupted: e2e/test_console.py",
    },
    "docs/integrating.md": {
        "npm ": "needs Node and npm's registry: system/test_node_caller.py",
        "node ": "needs Node: system/test_node_caller.py",
    },
    "docs/operations.md": {
        "useradd ": "makes accounts and services, as root",
        "podman build": "builds and runs an image, which takes podman and a registry",
        "jsg serve": "serves until it is interrupted: e2e/test_processes.py",
        "jsg pki revoke --at-gateway award-office": "stops others for good: e2e/test_revoking_by_command.py",
        "jsg pki renew --folder var/pki --within 91": "renews what serves: e2e/test_documented_rotation.py",
        "jsg db restore 2026-11-30 --checkpoint": "replaces what a stopped gateway has: fault/test_restore_drill.py",
        "jsg db go-on": "ends a stopped gateway's log: fault/test_restore_drill.py, e2e/test_documented_rotation.py",
        "jsg evidence bring": "needs a bucket: fault/test_evidence_in_a_bucket.py",
        "jsg publish --out var/public --watch": "follows until it is interrupted: e2e/test_publishing.py",
    },
    "docs/outcomes.md": {"--supersedes": "corrects what was reported before an ending: e2e/test_outcome_command.py"},
    "docs/platform.md": {
        "jsg connector reconcile": "reads what the platform hands over: e2e/test_platform_connector.py",
        "jsg connector read-": "reads what the platform hands over: e2e/test_platform_connector.py",
    },
    "docs/printing.md": {
        "jsg listing print": "needs a decision with all that it must state: e2e/test_printed_answers.py",
        "jsg referral letter": "needs a case with its elements: e2e/test_referral_command.py",
    },
    "docs/publication.md": {"--watch": "follows until it is interrupted: e2e/test_publishing.py"},
    "docs/referrals.md": {
        "YS-2026-7": "needs a case with its evidence and five parties: e2e/test_referral_command.py",
        "jsg referral watch": "follows until it is interrupted: e2e/test_referral_command.py",
        "openssl ": "needs the exported case: e2e/test_referral_command.py",
    },
    "docs/replay.md": {"--item 2": "needs the answer of a batch: e2e/test_replaying.py"},
    "docs/window.md": {
        "jsg window object ": "names a document that depends on the day: e2e/test_window.py",
        "jsg window answer": "answers the objection of the line before: e2e/test_window.py",
    },
    "docs/users/justice.md": {"jsg referral export": "needs a case with its evidence: e2e/test_referral_command.py"},
    "docs/users/system-integrator.md": {
        "jsg adapter bidding": "serves until it is interrupted: e2e/test_sidecar_asks.py",
    },
    "docs/side-car.md": {
        "jsg adapter bidding": "serves until it is interrupted: e2e/test_sidecar_asks.py",
        "curl ": "asks the side-car of the line before: e2e/test_sidecar_asks.py",
    },
}
"""By document. A reason that names a test says where the same is typed with what it needs."""


def reason_of(command: Command) -> str:
    """Return why a line is not typed; empty for one that is."""
    return next((why for begin, why in NOT_TYPED.get(command.page, {}).items() if begin in command.line), "")
