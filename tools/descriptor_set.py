"""Writes the contract as one file that any language reads without this repository: a ``FileDescriptorSet``.

    python tools/descriptor_set.py protos/jointsanctions/jointsanctions.v1.binpb

In it is every ``.proto`` of ours with all that they import, and ``google.rpc.Status`` and ``ErrorInfo``, in which
errors come. Comments are not: they stand in the ``.proto`` files. The same sources and generator give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from google.rpc import error_details_pb2
from grpc_tools import protoc

PROTOS: Final = Path(__file__).parents[1] / "protos"
ERRORS: Final = ("google/rpc/error_details.proto", "google/rpc/status.proto")


def main(target: str) -> int:
    """Write the file *target*; return the generator's exit code."""
    ours = sorted(path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto"))
    # googleapis-common-protos lies beside its sources; grpc_tools brings google/protobuf.
    theirs = Path(error_details_pb2.__file__).parents[2]
    bundled = Path(protoc.__file__).parent / "_proto"
    folders = [f"--proto_path={folder}" for folder in (PROTOS, bundled, theirs)]
    made: int = protoc.main(["protoc", *folders, "--include_imports", f"--descriptor_set_out={target}", *ours, *ERRORS])
    return made


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
