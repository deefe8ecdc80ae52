"""Who sees which field: default deny, by the caller's column and the kind of what a field tells (R-02).

``words`` what is told, to whom, how much and on what condition · ``table`` the table itself · ``kinds`` what each
record and trigger tells of · ``columns`` by which columns a caller is judged · ``sight`` what one caller sees.

Values and pure functions: which field of which message holds what is ``rpc.field_classes``, and what is left out of an
answer ``rpc.projection``. Who sees what of a joint meeting is ``meeting_disclosure``.
"""
