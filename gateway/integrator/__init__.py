"""The process that integrates all audit queues into the log and signs its checkpoints, beside the one that answers.

A process of its own, because hashing what was answered would take the interpreter from who answers.
"""
