"""Puts the concrete classes together: the only package that knows every one of them.

``config`` reads and cross-checks the configuration, ``stores`` opens what lies on the disk, ``methods`` says what
serves each method, and ``process`` is one serving process made of these.
"""
