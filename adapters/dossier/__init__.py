"""What a dossier is sealed with before it leaves its sender, and opened with by those for whom it is.

``sealing`` encrypts a file in chunks under a key of its own; ``keys`` wraps that key for each recipient and for the
sender itself, so that a further recipient can be added later; ``formats.manifest`` lists the files, and ``signing``
proves who made it. Neither the gateway nor its store nor a backup ever has a key: they hold what ``sealing`` writes.
"""
