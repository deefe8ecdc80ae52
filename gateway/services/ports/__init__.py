"""What the use cases need from the world: the ports, one module for each thing that is asked of it.

Implemented in ``storage``, ``security`` and at the top. Every implementation of one port passes the same contract suite
(``tests/contract``).
"""
