"""What a deciding system puts between itself and the joint-sanctions gateway.

An adapter asks before each decision point, keeps its own record of every question, and lets nothing through that was
not cleared. It knows the wire (``jointsanctions.v1``) and the shared ``formats``; it holds no rule of law about
enterprises and none of the gateway's code.

To hand it to another agency, give it four folders of a release and nothing else: ``adapters/``, ``formats/``,
``protos/jointsanctions/`` with the generated code in it, and ``LICENSE``. It needs grpcio, protobuf,
googleapis-common-protos and cryptography in the versions of ``pyproject.toml``, and Python 3.11; for workbooks of
``adapters.files`` openpyxl, too. Who writes in another
language needs no code of ours: ``protos/jointsanctions/jointsanctions.v1.binpb`` is the whole contract in one file, and
``docs/examples/node/`` an example. The agency brings:

- a certificate of its own, with the key that never left it, and the authorities that issue the gateway's;
- a file for the journal on a disk that it backs up: it is the agency's proof of having asked;
- its choice of ``observe`` or ``enforce``, and the age limits of its gates.

Then::

    client = GatewayClient(ClientSettings(target, ca_file, certificate_file, key_file, None, deadline_seconds=5))
    engine = Enforcement(client, Journal(path), bidding_rules(timedelta(days=15), timedelta(days=30)), "enforce")
    grant = BiddingAdapter(engine).award(project, winner, officer)

``award`` returns the grant or raises a ``NotClearedError`` (``adapters.errors`` draws the tree). What notifies the
award takes the ``AwardGrant`` as an argument. Each area is such a module: its decision points as ``AreaRules``, its own
words, the same engine. They are ``funding``, ``procurement``, ``bidding``, ``licensing``, ``guarantee``,
``qualification``, ``lending``, ``market_access`` and ``awards``; none knows another. What happens while the gateway is
away stands in ``adapters.away``, ``adapters.bulletin`` and ``adapters.pending``. Spreadsheets are answered by
``adapters.files``, and cases followed by ``adapters.watching``. HRSS, police, procuratorate and court hand a suspected
crime over by ``adapters.justice``.
"""
