"""Which store of sealed evidence a gateway has: a folder of its own, or a bucket."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.settings.evidence import CredentialsError, bucket_keys
from gateway.storage.bucket_upkeep import BucketUpkeep
from gateway.storage.byte_locks import ByteLocks
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.evidence_bucket import EvidenceBucket
from gateway.storage.evidence_files import EVIDENCE
from gateway.storage.evidence_upkeep import FolderUpkeep

if TYPE_CHECKING:
    from gateway.services.ports.evidence import EvidenceStore, EvidenceUpkeep
    from gateway.settings.evidence import BucketSettings
    from gateway.settings.gateway_file import GatewaySettings
    from gateway.storage.bucket_calls import Bucket

LOCK: Final = "evidence.lock"
"""File of the state folder by which the processes of a machine keep from each other's uploads to a bucket."""


def evidence_store(settings: GatewaySettings) -> EvidenceStore:
    """Return the store that the configuration names; nothing is asked of a bucket yet.

    Raises:
        StartError: A bucket is named, and its keys, its authorities or the library for it cannot be used.
    """
    if settings.evidence is None:
        return EvidenceFolder(settings.state / EVIDENCE)
    return EvidenceBucket(open_bucket(settings.evidence), ByteLocks(settings.state / LOCK))


def evidence_upkeep(settings: GatewaySettings) -> EvidenceUpkeep:
    """Return what of that store an operator looks after; raises as ``evidence_store`` does."""
    if settings.evidence is None:
        return FolderUpkeep(settings.state / EVIDENCE)
    return BucketUpkeep(open_bucket(settings.evidence), ByteLocks(settings.state / LOCK))


def open_bucket(settings: BucketSettings) -> Bucket:
    """Return a bucket; nothing is asked of it yet.

    Raises:
        StartError: Its keys, its authorities or the library for it cannot be used.
    """
    try:
        from gateway.storage.bucket_calls import Bucket, BucketPlace  # noqa: PLC0415 - the extra need not be installed
    except ImportError as error:
        raise StartError(f"evidence in a bucket needs the extra 's3': {error}") from error
    try:
        keys = bucket_keys(settings, os.environ)
    except CredentialsError as error:
        raise StartError(str(error)) from error
    authorities = "" if settings.ca_file is None else str(settings.ca_file)
    if authorities:
        try:
            ssl.create_default_context(cafile=authorities)
        except OSError as error:
            raise StartError(f"{authorities}: holds no authorities that can be used: {error}") from error
    return Bucket(
        BucketPlace(settings.endpoint, settings.bucket, settings.region, authorities, keys.access, keys.secret)
    )
