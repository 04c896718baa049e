"""Words for people: plans and outcomes as terminal text, JSON and Markdown; redaction.

Everything returns text; nothing here prints, prompts or reads.
"""
