"""sgpctl keeps evaluations on the Scale GenAI Platform as code: plan, then apply."""

__version__ = "0.1.0"
