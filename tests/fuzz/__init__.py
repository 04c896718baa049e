"""Hostile input by the thousand: mutated files and answers go through everything that reads, and nothing may break.

`python -m tests.fuzz --target all --seconds 3600 --jobs 2`. What is kept to mutate further is what ran new lines or
ended in a new way; every finding is saved, with the command that runs it again.
"""
