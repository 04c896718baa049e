"""The other side: an embedded SGP v5 with an ASGI app, an SQLite store, simulated execution and fault knobs.

It shares no code with the client, so that neither can hide the other's mistake.
"""
