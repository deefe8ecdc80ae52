"""``[evidence]`` of ``gateway.toml``: in which bucket sealed evidence is kept; left out, it lies in the state folder.

Neither key stands in that file: they are in one of their owner's alone, or in the environment.
"""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gateway.settings.endpoints import endpoint_fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gateway.settings.strict import Table

ACCESS_KEY, SECRET_KEY = "JSG_BUCKET_ACCESS_KEY", "JSG_BUCKET_SECRET_KEY"
"""Variables of the environment, for where no ``credentials_file`` is named."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class CredentialsError(Exception):
    """The keys of the bucket cannot be used; the message names where they are looked for, and never a key."""


@dataclass(frozen=True, slots=True)
class BucketKeys:
    """What a bucket is opened with."""

    access: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """A bucket of an S3-compatible store."""

    endpoint: str
    """``https://HOST[:PORT]``, or ``http`` on the loopback alone."""
    bucket: str
    region: str
    ca_file: Path | None
    """Authorities of the store's certificate, PEM; None without TLS."""
    credentials_file: Path | None
    """File with ``access_key`` and ``secret_key``; None for the environment."""


def read_evidence(table: Table, folder: Path) -> BucketSettings | None:
    """Return the bucket; None for the folder.

    Raises:
        ConfigurationError: A key is missing, unknown or of no form, or the endpoint is neither TLS nor the loopback.
    """
    kind = table.take("kind", str)
    if kind == "folder":
        table.close()
        return None
    if kind != "bucket":
        raise table.error("kind", "must be folder or bucket")
    endpoint = table.take("endpoint", str)
    fault = endpoint_fault(endpoint, "a bucket")
    if fault:
        raise table.error("endpoint", fault)
    settings = BucketSettings(
        endpoint=endpoint,
        bucket=_text(table, "bucket"),
        region=_text(table, "region"),
        # The library would believe every authority of the web.
        ca_file=folder / table.take("ca_file", str) if endpoint.startswith("https:") else None,
        credentials_file=folder / table.take("credentials_file", str) if table.has("credentials_file") else None,
    )
    table.close()
    return settings


def bucket_keys(settings: BucketSettings, environment: Mapping[str, str]) -> BucketKeys:
    """Return the keys of a bucket.

    Raises:
        CredentialsError: There are none, the file is not its owner's alone, or it says anything else.
    """
    file = settings.credentials_file
    if file is None:
        access, secret = environment.get(ACCESS_KEY, ""), environment.get(SECRET_KEY, "")
        if not (access and secret):
            raise CredentialsError(
                f"the bucket's keys: no credentials_file, and not both {ACCESS_KEY} and {SECRET_KEY}"
            )
        return BucketKeys(access, secret)
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            # Of the open file: what its name leads to may change meanwhile.
            mode = os.fstat(opened.fileno()).st_mode
            content = tomllib.loads(opened.read().decode("utf-8"))
    except OSError as error:
        raise CredentialsError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError:
        # What is wrong where would show what stands there.
        raise CredentialsError(f"{file}: is no TOML in UTF-8") from None
    if mode & _OTHERS:
        raise CredentialsError(f"{file}: others can reach it (mode {stat.S_IMODE(mode):04o}); it must be 0600")
    if set(content) != {"access_key", "secret_key"} or not all(
        isinstance(each, str) and each for each in content.values()
    ):
        raise CredentialsError(f"{file}: must have access_key and secret_key, as text, and nothing else")
    return BucketKeys(content["access_key"], content["secret_key"])


def _text(table: Table, key: str) -> str:
    value = table.take(key, str)
    if not value.strip():
        raise table.error(key, "must not be empty")
    return value
