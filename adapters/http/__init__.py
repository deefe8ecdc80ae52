"""The HTTP/JSON side-car: for deciding systems that cannot speak gRPC, one process beside each.

It stands on the engine that all adapters share, so that it fails closed as they do: an answer is one only when it is
recorded, "no answer" is never a 2xx, and nothing is granted that the engine does not grant. It holds no rule of law
and keeps no verdict for a later question. What it takes and gives is told by its own ``/openapi.json``
(``adapters.http.openapi``), which is made of the same declarations that requests are held against.

It needs uvicorn beside what adapters need anyway; nothing else of ``adapters`` does.
"""
