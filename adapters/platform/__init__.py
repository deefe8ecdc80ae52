"""The connector of the same-level credit platform (同级信用信息共享平台): what changes goes out, what it has comes in.

It is no second exchange platform (C-35): it writes files in the exchange layout into a folder that the platform's own
exchange client empties, and reads the files that this client brings. ``docs/platform.md`` says how it is run. Like
every adapter it knows the wire and ``formats``, and nothing of the gateway's code.

``settings`` what is configured · ``layouts`` columns and amounts · ``runs`` how a listing stands · ``targets`` what the
platform should hold now · ``ledger`` and ``tables`` the connector's own store · ``batches`` and ``handing`` batches,
their files and receipts · ``following`` the stream of changes · ``owed`` what is open and late · ``reconciling`` count
and hash · ``elsewhere`` listings that others decided · ``shown`` repairs that the platform shows.
"""
