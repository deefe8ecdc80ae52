"""``Bucket``: the calls to an S3-compatible store that sealed evidence needs, and nothing else of its library.

Every call has an end: a store that does not answer is given up after ``CONNECT_SECONDS`` or ``READ_SECONDS``, twice.
What is sent is signed with its SHA-256, so that the store refuses bytes that were changed on the way.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from gateway.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

CONNECT_SECONDS, READ_SECONDS, TRIES = 5, 20, 2
CONNECTIONS: Final = 16
"""Kept open at once: more than the threads that call."""
_ALONE: Final = dict.fromkeys(("profile", "config_file", "credentials_file"), (None, None, None, None))
"""What the library would read of the account's home and environment: nothing of it."""
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NoSuchUpload", "NotFound"})
_READING, _WRITING = "evidence cannot be read", "evidence cannot be written"


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """Where a bucket is, and what opens it."""

    endpoint: str
    bucket: str
    region: str
    ca_file: str
    """PEM of the authorities of the store's certificate; empty without TLS."""
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Object:
    """What the store says of one object: size in bytes, its tag, what was said with it, when it was written (UTC)."""

    key: str
    size: int
    tag: str
    said: Mapping[str, str]
    modified: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an upload under way: its number from 1, size in bytes and tag."""

    number: int
    size: int
    tag: str


class Bucket:
    """One bucket. Blocking, and safe to use from several threads. What fails raises ``StoreUnavailableError``."""

    def __init__(self, place: BucketPlace) -> None:
        """Take where it is and what opens it; nothing is asked yet."""
        self._name = place.bucket
        self._client: Any = Session(session_vars=_ALONE).create_client(
            "s3",
            endpoint_url=place.endpoint,
            region_name=place.region,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            verify=place.ca_file or True,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                max_pool_connections=CONNECTIONS,
                proxies={},
                signature_version="s3v4",
                # Whether a store knows the newer checksums differs; the signature over the content every one checks.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path", "payload_signing_enabled": True},
            ),
        )

    def look(self, key: str) -> Object | None:
        """Return what the store says of an object; None where there is none."""
        with _failing(_READING):
            try:
                told = self._client.head_object(Bucket=self._name, Key=key)
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
        return Object(key, told["ContentLength"], told["ETag"], told["Metadata"], told["LastModified"])

    def get(self, key: str, first: int, size: int, tag: str = "") -> bytes:
        """Return *size* bytes of an object from byte *first* on, while it has *tag*, where one is named."""
        known = {"IfMatch": tag} if tag else {}
        with _failing(_READING):
            span = f"bytes={first}-{first + size - 1}"
            content = self._client.get_object(Bucket=self._name, Key=key, Range=span, **known)["Body"].read()
        if len(content) != size:
            raise StoreUnavailableError("evidence cannot be read", kind="CUT_OFF")
        return bytes(content)

    def put(self, key: str, content: bytes, said: Mapping[str, str] | None = None) -> None:
        """Write an object, in place of the one that is there."""
        with _failing(_WRITING):
            self._client.put_object(Bucket=self._name, Key=key, Body=content, Metadata=dict(said or {}))

    def copy(self, source: str, tag: str, key: str) -> None:
        """Copy an object within the store, while it has *tag*."""
        with _failing(_WRITING):
            place = {"Bucket": self._name, "Key": source}
            self._client.copy_object(Bucket=self._name, Key=key, CopySource=place, CopySourceIfMatch=tag)

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        with _failing(_WRITING):
            self._client.delete_object(Bucket=self._name, Key=key)

    def objects(self, prefix: str) -> Iterator[Object]:
        """Yield every object whose key begins so, in the order of the keys; nothing that was said with them."""
        with _failing(_READING):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            for page in pages:
                for each in page.get("Contents", ()):
                    yield Object(each["Key"], each["Size"], each["ETag"], {}, each["LastModified"])

    def begin(self, key: str) -> str:
        """Begin an upload in parts; return its id."""
        with _failing(_WRITING):
            return str(self._client.create_multipart_upload(Bucket=self._name, Key=key)["UploadId"])

    def begun(self, prefix: str) -> list[tuple[str, str, datetime]]:
        """Return key, id and beginning (UTC) of the uploads in parts whose keys begin so, the oldest first."""
        with _failing(_READING):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._name, Prefix=prefix)
            found = [
                (each["Key"], each["UploadId"], each["Initiated"]) for page in pages for each in page.get("Uploads", ())
            ]
        return sorted(found, key=lambda each: (each[2], each[1]))

    def parts(self, key: str, upload: str) -> list[Part]:
        """Return the parts that are there, in order; none of an upload that is over."""
        with _failing(_READING):
            pages = self._client.get_paginator("list_parts").paginate(Bucket=self._name, Key=key, UploadId=upload)
            try:
                return [
                    Part(each["PartNumber"], each["Size"], each["ETag"])
                    for page in pages
                    for each in page.get("Parts", ())
                ]
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return []
                raise

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> Part:
        """Write a part, in place of the one with its number."""
        with _failing(_WRITING):
            told = self._client.upload_part(
                Bucket=self._name, Key=key, UploadId=upload, PartNumber=number, Body=content
            )
        return Part(number, len(content), told["ETag"])

    def complete(self, key: str, upload: str, parts: Sequence[Part]) -> None:
        """Make one object of the parts."""
        listed = [{"PartNumber": part.number, "ETag": part.tag} for part in parts]
        with _failing(_WRITING):
            self._client.complete_multipart_upload(
                Bucket=self._name, Key=key, UploadId=upload, MultipartUpload={"Parts": listed}
            )

    def abort(self, key: str, upload: str) -> None:
        """Throw away an upload in parts; nothing happens where it is over."""
        with _failing(_WRITING):
            try:
                self._client.abort_multipart_upload(Bucket=self._name, Key=key, UploadId=upload)
            except ClientError as error:
                if _code(error) not in _ABSENT:
                    raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _failing(what: str) -> Iterator[None]:
    """Turn what the store refuses, or the way to it, into what the caller is told: its kind, and no address or key."""
    try:
        yield
    except ClientError as error:
        raise StoreUnavailableError(what, kind=_code(error)) from error
    except BotoCoreError as error:
        raise StoreUnavailableError(what, kind=type(error).__name__) from error
