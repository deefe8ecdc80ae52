"""Clean A4 pages as PDF, the same bytes for the same content.

``model`` says what a page is made of; ``verdict``, ``listing_decision`` and ``letter`` put one together; ``pdf``
typesets it, and is the only module that knows the libraries for it (extra ``print``). What a page cannot show is an
error that names it, never an empty box.
"""
