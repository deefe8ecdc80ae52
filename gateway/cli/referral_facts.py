"""The facts of a referral from a file."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def read_facts(path: Path) -> pb.ReferralFacts:
    """Return the facts of a case from a file: the members of ``ReferralFacts``, in TOML if it is named so, else JSON.

    Raises:
        SettingsError: It cannot be read, or holds something else; the message names the file and the member.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        return json_format.ParseDict(_plain(content), pb.ReferralFacts())
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, json_format.ParseError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _plain(value: Any) -> Any:  # noqa: ANN401 - what a file holds
    """Return what TOML read as JSON would have it: its days as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
