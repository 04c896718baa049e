"""In what order, and what if: the create protocol, the scheduler, the driver, the journal, the closing verification.

The heart is sans-I/O: a generator per change yields operations and is sent replies. Only the driver calls the client.
"""
