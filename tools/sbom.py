"""Prints the bill of materials of the deployment: CycloneDX 1.6, JSON, from ``requirements/runtime.lock``.

    python tools/sbom.py > build/sbom.cdx.json

Names, versions and hashes (one for each file that may be installed) are the lock's, licences and dependencies those
that the installed packages state. It asks nobody, and the same lock in the same environment gives the same bytes: there
is no time stamp, and the serial number follows from the content. What is not installed here is listed without licence.
"""

from __future__ import annotations

import json
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from locked import Locked, read_lock
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cyclonedx.model.license import License

ROOT: Final = Path(__file__).parents[1]
CLASSIFIER: Final = "License :: OSI Approved :: "


def main() -> int:
    """Write the document to standard output."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sys.stdout.write(document(project, read_lock(ROOT / "requirements" / "runtime.lock")))
    return 0


def document(project: dict[str, object], locked: dict[str, Locked]) -> str:
    """Return the document as JSON with sorted keys."""
    licences = LicenseFactory()
    bom = Bom()
    root = Component(
        name=str(project["name"]),
        version=str(project["version"]),
        type=ComponentType.APPLICATION,
        bom_ref=str(project["name"]),
        licenses=[licences.make_from_string(str(project["license"]))],
    )
    bom.metadata.component = root
    made = {name: _component(each, licences) for name, each in locked.items()}
    bom.components.update(made.values())
    bom.register_dependency(root, [made[name] for name in _direct(project) if name in made])
    for name, component in made.items():
        bom.register_dependency(component, [made[below] for below in _required(name) if below in made])
    content = json.loads(JsonV1Dot6(bom).output_as_string())
    del content["metadata"]["timestamp"]
    content.pop("serialNumber", None)
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True)
    content["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_URL, plain)}"
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _component(locked: Locked, licences: LicenseFactory) -> Component:
    return Component(
        name=locked.name,
        version=locked.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{locked.name}=={locked.version}",
        purl=PackageURL("pypi", None, locked.name, locked.version),
        licenses=_licences(locked, licences),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in locked.hashes],
        properties=[Property(name="jsg:marker", value=locked.marker)] if locked.marker else [],
    )


def _licences(locked: Locked, licences: LicenseFactory) -> Iterable[License]:
    """Return the licences that an installed package states: its expression, a text of one line, or classifiers."""
    try:
        said = metadata(locked.name)
    except PackageNotFoundError:
        return []
    text = next((said[key] for key in ("License-Expression", "License") if key in said), "")
    if text and "\n" not in text:
        return [licences.make_from_string(text)]
    named = [each.removeprefix(CLASSIFIER) for each in said.get_all("Classifier") or () if each.startswith(CLASSIFIER)]
    return [licences.make_with_name(each) for each in named]


def _direct(project: dict[str, object]) -> list[str]:
    """Return what the deployment asks for itself, without what only builds it."""
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["postgres"], *extras["build"]]  # type: ignore[index,misc]
    return [canonicalize_name(Requirement(line).name) for line in lines]


def _required(name: str) -> list[str]:
    """Return what an installed package requires on this machine, extras left out; nothing when it is not installed."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    wanted = [Requirement(line) for line in lines]
    return [
        canonicalize_name(each.name) for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})
    ]


if __name__ == "__main__":
    sys.exit(main())
