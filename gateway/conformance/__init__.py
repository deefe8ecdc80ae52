"""The conformance kit: plays vectors against an adapter and says, promise by promise, whether it keeps them.

It stands on both sides of the adapter. Towards the adapter's back it is a gateway that answers by script, over mutual
TLS (``serving``); towards its front it is the deciding system, which asks over the side-car's HTTP contract
(``asking``). It shares no code with any adapter, and none with the gateway that answers cities.
"""
