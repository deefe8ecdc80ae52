"""Drafts of the letters that go with a referral (T-23, T-30, T-32), from the case as its referring agency sees it.

``case_file`` reads what is known; ``referring`` and ``contesting`` say it in the words of a letter; ``docx_file`` makes
a document of that, and is the only module that knows the library for it (extra ``letters``). What is not known is a
blank that can be seen, and nothing is invented: who signs a letter fills in and answers for what it says.
"""
