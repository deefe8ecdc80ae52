"""Batch files: an officer's spreadsheet of applicants comes back with an answer on each line.

The file is read whole and every fault is named before anything is asked (``reading``). Then each line is put to the
gateway as a question of its own (``asking``), and the answered file is written whole or not at all (``writing``). A
file grants nothing: the final act passes its own gate in the area's adapter.
"""
