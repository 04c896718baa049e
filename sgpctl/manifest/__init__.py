"""From disk to desired evaluations, or to the complete list of located problems.

The strict YAML loader, the project file and `$file` live here; nothing here knows the network or prints.
"""
