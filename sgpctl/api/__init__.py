"""The network: the only user of httpx. Settings, client, paging, retry rules, wire to model, error map.

Nothing here decides what should change.
"""
