"""Documents say what is there: links, commands, keys of the record, rule ids and dependencies are held to the code."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import shown_commands

from gateway.cli.main import parser
from gateway.domain.listing_steps import TRANSITIONS
from gateway.domain.listing_words import ListingHindrance
from gateway.domain.vocabulary import DISABLED_AREAS, DecisionPoint
from gateway.rpc.errors import CODES
from gateway.settings.gateway_file import load_gateway

ROOT = Path(__file__).parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
FOLDERS = (".", "docs", "docs/users", "certs", "protos", "config")
DOCUMENTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))
IDS = {path: str(path.relative_to(ROOT)) for path in DOCUMENTS}
BLOCK = re.compile(r"^( *)```([a-z]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
RULE_ID = re.compile(r"\b(?:A-\d{2,3}|[CDGIKLPRTX]-\d{2}[a-z]?)\b")


def text_of(path):
    return path.read_text(encoding="utf-8")


def blocks(path, language):
    return [content for _, name, content in BLOCK.findall(text_of(path)) if name == language]


def prose(path):
    return BLOCK.sub("", text_of(path))


def commands(path):
    """Return what a document tells the reader to type, each as words."""
    lines = [line.strip() for block in blocks(path, "console") for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines if line.startswith("$ ")]


def table(path, heading):
    """Return the rows, as lists of cells, of the tables in the section called *heading*."""
    section = re.split(r"^#+ ", text_of(path).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


def code(cells):
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_document_is_linked_from_the_readme_or_beside_it():
    pages = (READMES[0], ROOT / "docs/README.md")
    linked = {(path.parent / target).resolve() for path in pages for target in LINK.findall(prose(path))}

    assert set(DOCUMENTS) - linked - {READMES[0]} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS.get)
def test_every_make_target_that_is_named_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    typed = {words[1] for words in commands(path) if words[0] == "make"}
    named = set(re.findall(r"`make ([a-z-]+)`", text_of(path)))

    assert typed | named <= targets


@pytest.mark.parametrize("page", shown_commands.PAGES, ids=shown_commands.name_of)
def test_every_command_line_of_jsg_is_understood_whether_it_is_typed_in_a_test_or_not(page):
    for command in shown_commands.typed_in(page):
        if command.words:
            assert parser().parse_args(command.words).run is not None


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS.get)
def test_every_subcommand_of_jsg_that_is_named_exists(path):
    known = subcommands(parser())

    for name in re.findall(r"`jsg ((?:[a-z]+(?:-[a-z]+)* ?)+)", text_of(path)):
        words = name.split()
        assert words[0] in known, name
        assert not known[words[0]] or len(words) == 1 or words[1] in known[words[0]], name


def subcommands(root):
    """Return the commands of *root*, each with the commands below it."""
    found = {}
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update({name: set(subcommands(below)) for name, below in action.choices.items()})
    return found


def test_both_readmes_have_the_same_headings_commands_and_examples():
    english, chinese = READMES
    levels = [re.findall(r"^(#+) ", prose(path), re.MULTILINE) for path in READMES]

    assert levels[0] == levels[1]
    assert commands(english) == commands(chinese) != []
    for language in ("python", "text"):
        assert blocks(english, language) == blocks(chinese, language) != []
    assert [len(row) for row in tables(english)] == [len(row) for row in tables(chinese)]
    assert (set(LINK.findall(prose(english))) ^ set(LINK.findall(prose(chinese)))) == {"README.md", "README.zh-CN.md"}


def tables(path):
    return [line.split("|") for line in prose(path).splitlines() if line.startswith("|")]


@pytest.mark.parametrize(
    "path", [*READMES, ROOT / "docs/integrating.md", ROOT / "docs/areas.md", ROOT / "docs/audit-events.md"], ids=IDS.get
)
def test_every_python_example_compiles_and_imports_names_that_exist(path):
    source = "\n".join(blocks(path, "python"))
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom | ast.Import)]

    assert imports
    exec(compile(ast.Module(imports, []), str(path), "exec"), {})  # noqa: S102 - the document's own imports


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS.get)
def test_no_document_names_a_place_that_its_reader_does_not_have(path):
    forbidden = re.compile(
        r"/work\b|/root\b|/tmp/|shared/design|pypi\.|pythonhosted|npmjs|(?:product|house|domain)\.md|\bTODO\b"
    )

    assert forbidden.findall(text_of(path)) == []


def test_every_key_of_the_body_is_listed_and_no_other():
    listed = {part for name in code(row[0] for row in table(AUDIT, "The body")) for part in name.split(".")[-1:]}
    lines = code(re.findall(r"One line an item.*?as above", text_of(AUDIT), re.DOTALL))

    assert recorded_keys() - listed == {"item"}
    assert listed - recorded_keys() - leaves_of_groups() == set()
    assert {"item"} < lines <= recorded_keys()


AUDIT = ROOT / "docs/audit-events.md"
BODY_MODULES = (
    "domain/call_record",
    "rpc/points",
    "rpc/questions",
    "rpc/reading",
    "rpc/credit",
    "rpc/cases",
    "rpc/case_lists",
    "rpc/related_bidders",
    "rpc/case_events",
    "rpc/referrals",
    "rpc/dossiers",
    "rpc/referral_inbox",
    "domain/referral_silence",
    "rpc/referral_holds",
    "rpc/award_gate",
    "rpc/case_requests",
    "rpc/credit_record",
    "rpc/resolve",
    "rpc/person_requests",
    "rpc/persons",
    "rpc/registry",
    "rpc/changes",
    "rpc/listing_steps",
    "rpc/withdraw_record",
    "rpc/clocks",
    "rpc/early_warnings",
    "rpc/enterprise_file",
    "rpc/imports",
    "rpc/endings",
    "rpc/meetings",
    "rpc/outcomes",
    "rpc/outcome_requests",
    "rpc/audit",
    "rpc/access_filter",
    "rpc/export",
    "rpc/bulletin",
    "rpc/court_case",
    "rpc/days",
    "rpc/open_entry",
    "rpc/release",
    "rpc/receipts",
    "rpc/policy_trials",
    "rpc/policies",
    "rpc/replay",
    "rpc/award_cover",
    "rpc/review",
    "rpc/told_moment",
    "bootstrap/nightly",
    "rpc/publishable",
    "rpc/who_asked",
    "rpc/objections",
    "rpc/retention",
    "rpc/status",
    "rpc/refusals",
    "rpc/admin",
    "rpc/anomalies",
    "bootstrap/mandates",
    "bootstrap/recovery",
)
GROUPS = {"caller", "assertion", "request", "policy", "search", "rows", "lines", "retention", "counted"} | {
    "proof",
    "reported",
    "registered",
    "award",
    "export",
    "bulletin",
    "stopped",
    "anomalies",
    "sealed_file",
    "freshness",
    "replay",
    "awards",
    "review",
    "release",
    "sought",
    "silence",
    "hold",
    "dry_run",
    "proposed_policy",
}
"""Keys that hold an object; the document lists what is in them."""


def leaves_of_groups():
    """Return the keys within groups that are no literal of the modules: outcomes of rows, and those of the lines."""
    return {"stored", "unchanged", "held", "rejected", "staged", "count", "root", "day_index"}


def recorded_keys():
    """Return every key that the code tells the record, read from its source."""
    found = set()
    for module in (*BODY_MODULES, "rpc/answers"):
        for function in ast.walk(ast.parse(text_of(ROOT / f"gateway/{module}.py"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= told_in(function)
    return found - GROUPS - {"request_id"}


def told_in(function):
    """Return the keys that one function assigns or hands to ``told``, or returns when that is what it is for."""
    tells = function.name in {
        "body_of",
        "told_of",
        "told_basis",
        "_told_decision",
        "_told",
        "told_decision",
        "told_moment",
        "told_run",
    }
    found = set()
    for node in ast.walk(function):
        to_told = isinstance(node, ast.Call) and (
            is_told(getattr(node.func, "value", None)) or getattr(node.func, "id", "") == "FeedMessage"
        )
        if isinstance(node, ast.Assign) and any(is_told(target, subscript=True) for target in node.targets):
            found |= {target.slice.value for target in node.targets if isinstance(target.slice, ast.Constant)}
            found |= literal_keys(node.value)
        if to_told:
            found |= {word.arg for word in node.keywords if word.arg} | literal_keys(node)
        if tells and isinstance(node, ast.Dict | ast.Subscript):
            found |= literal_keys(node)
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "lines" for t in node.targets):
            found |= literal_keys(node.value)
    return found


def is_told(node, *, subscript=False):
    if subscript:
        return isinstance(node, ast.Subscript) and (is_told(node.value) or getattr(node.value, "id", "") == "body")
    return getattr(node, "attr", "") == "told" or getattr(node, "id", "") == "told"


def literal_keys(node):
    """Return the texts that stand as keys in *node*: of dictionaries, of pairs, and of what is assigned to."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Dict):
            found |= {key.value for key in inner.keys if isinstance(key, ast.Constant)}
        if isinstance(inner, ast.Tuple) and inner.elts and isinstance(inner.elts[0], ast.Constant):
            found.add(inner.elts[0].value)
    return found


def test_the_keys_are_found_by_reading_the_source():
    keys = recorded_keys()

    assert {"method", "sha256", "case", "authorization", "enterprises", "names_sha256", "verdict", "item"} <= keys
    assert {"feed", "revisions", "known_at", "digest", "outcome", "uscc", "holder", "field"} <= keys


def test_every_method_and_every_outcome_is_listed():
    methods = code(row[0] for row in table(AUDIT, "Methods"))
    outcomes = code(row[0] for row in table(AUDIT, "Outcomes"))
    served = set(re.findall(r'"(\w+Service/\w+)"', "".join(map(text_of, (ROOT / "gateway/rpc").glob("*.py")))))

    assert methods == {*served, "method", "unknown", "refused", "RegistryService", "AdminService", "AuditService"} | {
        "ReferralService"
    }
    reasons = {error.reason for error in CODES} - {"AUDIT_UNAVAILABLE"}
    assert outcomes == {
        *reasons,
        "outcome",
        "OK",
        "CANCELLED",
        "READER_TOO_SLOW",
        "RECOVERED",
        "STOPPED",
        "BEGUN",
        "MANDATES_BEGUN",
        "DECISIONS_REPLAYED",
        "DAY_INDEXED",
        "SILENCE_ESTABLISHED",
    }


def test_the_table_of_a_listings_steps_is_the_codes():
    steps = {row[0].strip("`"): code([row[1]]) for row in table(ROOT / "docs/listings.md", "Steps") if row[0] != "act"}
    why = code(row[0] for row in table(ROOT / "docs/listings.md", "What is refused")) - {"why"}

    assert steps == {kind.name: {stage.name for stage in each.stages} for kind, each in TRANSITIONS.items()}
    assert why == {word.name for word in ListingHindrance}


def test_every_rule_id_that_the_code_cites_is_in_the_glossary():
    listed = {row[0] for row in table(ROOT / "docs/glossary.md", "Rule ids")}
    cited = set()
    for folder, pattern in (
        ("gateway", "*.py"),
        ("formats", "*.py"),
        ("adapters", "*.py"),
        ("config", "*.toml"),
        ("protos", "*.proto"),
    ):
        for path in (ROOT / folder).rglob(pattern):
            cited |= set(RULE_ID.findall(text_of(path)))

    assert cited - listed == set()


def test_every_decision_point_is_in_the_table_for_deciding_systems():
    rows = table(ROOT / "docs/integrating.md", "2. Ask before each decision point")
    listed = {
        f"{row[0]}_{point.removesuffix(' (closed)')}".upper() for row in rows for point in re.split(r"[,;] ", row[1])
    }

    assert {point.name for point in DecisionPoint if point.area not in DISABLED_AREAS} <= listed


def test_every_promise_that_is_kept_names_tests_that_exist():
    rows = table(ROOT / "docs/architecture.md", "Promises")
    named = set(re.findall(r"`(\w+/test_\w+\.py)`", " ".join(cell for row in rows for cell in row)))

    assert named
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).exists()] == []


def test_every_dependency_has_its_reason():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    names = {re.split(r"[\[<>=]", line)[0] for line in wanted}
    cells = [row[0] for row in table(ROOT / "docs/architecture.md", "Dependencies")[1:]]
    given = {name for cell in cells for name in re.sub(r" \(.*?\)", "", cell).split(", ")}

    assert given == names


def test_the_operators_page_names_every_feed():
    feeds = {feed.name for feed in load_gateway(ROOT / "config/gateway.toml").feeds}
    confirmed = [words[3:] for words in commands(ROOT / "docs/operations.md") if words[1:3] == ["registry", "confirm"]]

    assert feeds in [set(names) for names in confirmed]


def test_what_ci_runs_is_what_the_readme_and_the_contributing_page_ask_for():
    script = text_of(ROOT / ".ci/run")

    assert re.findall(r"^make (\w+)$", script, re.MULTILINE) == ["check", "test"]
    assert "set -euo pipefail" in script
    assert ["make", "test"] in commands(READMES[0])


def test_the_licence_is_the_one_that_the_project_names():
    licence = text_of(ROOT / "LICENSE")

    assert tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
