"""Wiring: one module per verb, loaded when it is called. The only place that prints, prompts or exits."""
