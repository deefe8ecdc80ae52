"""Taking in submissions in a process of its own, so that reading and storing records holds up no answer.

``process`` is the serving process's end of it; ``__main__`` is the other, which knows no wire, no certificate and no
audit queue. A chunk is committed there, and recorded and answered by the serving process like everything else.
"""
