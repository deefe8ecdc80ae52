"""A process that floods a gateway in a closed loop until its standard input ends; it prints what came back.

Run as ``python flood.py``, with one line of JSON on standard input: ``target``, ``path``, ``question`` (hexadecimal),
``in_flight``, ``connections``, and the files ``authorities``, ``certificate``, ``key``. It answers "flooding" after the
first answer.
"""

# ruff: noqa: T201 - it speaks on its standard output

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import grpc
import grpc.aio


def credentials_of(settings):
    files = (Path(settings[name]).read_bytes() for name in ("authorities", "key", "certificate"))
    return grpc.ssl_channel_credentials(*files)


async def flood(settings):
    credentials = credentials_of(settings)
    options = [
        ("grpc.ssl_target_name_override", "localhost"),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_retries", 0),
    ]
    channels = [
        grpc.aio.secure_channel(settings["target"], credentials, options) for _ in range(settings["connections"])
    ]
    calls = [channel.unary_unary(settings["path"]) for channel in channels]
    seen, question = Counter(), bytes.fromhex(settings["question"])
    first = asyncio.Event()

    async def ask(call):
        while True:
            try:
                await call(question, timeout=20)
                seen["OK"] += 1
            except grpc.aio.AioRpcError as error:
                seen[error.code().name] += 1
            first.set()

    asking = [
        asyncio.create_task(ask(call))
        for call, _ in zip(itertools.cycle(calls), range(settings["in_flight"]), strict=False)
    ]
    await first.wait()
    print("flooding", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in asking:
        task.cancel()
    print(json.dumps(seen), flush=True)


@contextmanager
def flooding(gateway, who, path, message, in_flight=256, connections=4):
    """Flood a served gateway as *who*; yields a function that ends it and returns how many calls had which status."""
    gateway.credentials(who)
    pki = gateway.place.state / "pki"
    settings = {
        "target": f"127.0.0.1:{gateway.port}",
        "path": path,
        "question": message.SerializeToString().hex(),
        "in_flight": in_flight,
        "connections": connections,
        "authorities": str(pki / "ca-bundle.pem"),
        "certificate": str(pki / "clients" / f"{who}.pem"),
        "key": str(pki / "clients" / f"{who}.key"),
    }
    with Popen([sys.executable, __file__], stdin=PIPE, stdout=PIPE, text=True) as process:
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "flooding\n"

        def end():
            process.stdin.close()
            return Counter(json.loads(process.stdout.readline()))

        try:
            yield end
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(flood(json.loads(sys.stdin.readline())))
