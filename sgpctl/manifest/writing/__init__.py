"""Manifests written by sgpctl: from values to files that load back to the same values.

Nothing is ever overwritten, and all files of one evaluation are written or none.
"""
