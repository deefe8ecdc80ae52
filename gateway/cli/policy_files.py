"""A policy of this machine's files as it is sent to a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import policy_pb2 as pb

from gateway.cli.policy_folders import policy_folder
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway
from gateway.settings.policy_source import COMMON_FILES, REVIEWS_FILE, files_of, profiles_in

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def policy_text(arguments: argparse.Namespace) -> pb.PolicyText:
    """Return the policy that the command line names by ``path``, and by ``profile`` where that is a folder.

    A folder stands for the profile of ``gateway.toml`` where none is named.

    Raises:
        ConfigurationError: There is no policy, or no such profile.
    """
    path: Path = arguments.path
    folder = policy_folder(path)
    if path.is_file():
        if path.parent != folder or path.name in {*COMMON_FILES, REVIEWS_FILE}:
            raise ConfigurationError(str(path), "-", "is no profile's file: name a folder or a profile")
        profile = path.stem
    else:
        profile = arguments.profile or load_gateway(arguments.config / "gateway.toml", arguments.state).profile
    if profile not in profiles_in(folder):
        raise ConfigurationError(str(path), "-", f"has no profile {profile}")
    files = files_of(folder, profile)
    return pb.PolicyText(
        profile=profile, files=[pb.PolicyFile(name=name, content=content) for name, content in files.items()]
    )
