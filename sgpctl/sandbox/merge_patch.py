"""JSON Merge Patch, RFC 7396: the way in which a PATCH changes metadata (API 2.7)."""

from __future__ import annotations


def merged(target: object, patch: object) -> object:
    """`target` after `patch`: members are set, null removes one, objects merge, everything else is replaced."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
