"""Settings of the whole test run."""

from hypothesis import settings

# A loaded machine must not fail a law: no test asserts on wall-clock time.
settings.register_profile("sgpctl", deadline=None)
settings.load_profile("sgpctl")
