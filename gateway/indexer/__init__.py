"""The process that keeps the access index level with the queues, so that no search has to.

``process`` starts it and asks it, ``__main__`` is what it does.
"""
