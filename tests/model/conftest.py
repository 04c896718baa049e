"""Laws are judged by their outcome, never by the time that a machine takes for them."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
