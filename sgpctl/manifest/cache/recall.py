"""Which files of a load the cache knows: asked about all of them at once, and believed file by file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

from sgpctl.limits import INCLUDED_FILE_BYTES_MAX, MANIFEST_BYTES_MAX
from sgpctl.manifest.cache.entry import Entry, Ingredient, KeptFile, Unusable, encoded
from sgpctl.manifest.cache.store import Store
from sgpctl.manifest.files import Files
from sgpctl.manifest.problem import Broken
from sgpctl.manifest.resolving.defaults import Defaults, Ground
from sgpctl.model.located import LocatedMap

_KEY_BYTES = 20
_NOTHING = b""  # in the place of an entry
_PLAIN_SECRET = re.compile(r"[\w.~+=/-]+", re.ASCII)  # no JSON text needs an escape for such letters
_ESCAPED = re.compile(rb"\\(?:u00([2-7][0-9a-fA-F])|(.))", re.DOTALL)

Located = Callable[[Path, int, int], LocatedMap | None]


class Recall:
    """The cache as one load sees it. `settings` is a digest of everything but the files themselves.

    A manifest in which one of `secrets` may be is not taken from the cache.
    """

    def __init__(
        self, store: Store, settings: bytes, files: Files, defaults: Defaults, secrets: Collection[str]
    ) -> None:
        self._store = store
        self._settings = settings
        self._files = files
        self._root = f"{files.root.as_posix().rstrip('/')}/"
        self._defaults = defaults
        held = [secret for secret in secrets if secret]
        self._is_of_use = all(_PLAIN_SECRET.fullmatch(secret) for secret in held)
        self._secrets = [secret.encode("ascii") for secret in held] if self._is_of_use else []
        self._keys: dict[Path, bytes] = {}
        self._in_vain: set[Path] = set()
        self._ingredients: dict[str, tuple[Path, str | None]] = {}

    def known(self, paths: Iterable[Path], located: Located) -> dict[Path, KeptFile]:
        """What the cache knows of the files at `paths`."""
        if not self._is_of_use:
            return {}
        for path in paths:
            key = self._key_now(path)
            if key is not None:
                self._keys[path] = key
        entries = self._store.read(self._keys.values())
        found = {path: entries[key] for path, key in self._keys.items() if key in entries}
        self._in_vain = {path for path, entry in found.items() if entry == _NOTHING}
        return self.opened(found, located)

    def opened(self, entries: Mapping[Path, bytes], located: Located) -> dict[Path, KeptFile]:
        """What `entries` hold, as far as every file that went into them is as it was then."""
        opened = ((path, self._opened(path, entry, located)) for path, entry in entries.items())
        return {path: kept for path, kept in opened if kept is not None}

    def may_know(self, path: Path) -> bool:
        """False for a file of which it is likely, or sure, that the cache cannot know what it comes to."""
        return path in self._keys and path not in self._in_vain

    def keep(self, made: Mapping[Path, bytes | None]) -> None:
        """Write down the entries of files that were not known, but none that holds a secret.

        That a file has none is noted, too, so that the next load does not have it read twice.
        """
        entries: dict[bytes, bytes] = {}
        for path, entry in made.items():
            if entry is None and self.may_know(path):
                entries[self._keys[path]] = _NOTHING
            elif entry is not None and path in self._keys and not self._holds_secret(entry):
                entries[self._keys[path]] = entry
        self._store.write(entries)

    def entry_of(self, path: Path, kept: KeptFile) -> bytes | None:
        """The entry of a file that was read just now; None where it cannot be kept, or changed since it was asked for."""
        ground = self._defaults.ground_of(path.parent)
        if self._key_of(path, self._files.digest(path), ground) != self._keys.get(path):
            return None
        uses = frozenset(use for document in kept.documents for use in document.uses)
        if not self._files.linked.isdisjoint(uses):
            return None  # a link may lead to another file another time
        digests = {use: self._files.digest(use) for use in (*sorted(uses), *ground.files)}
        ingredients = {use: Ingredient(self._name(use), digest) for use, digest in digests.items() if digest}
        if len(ingredients) < len(digests):
            return None
        rows = {id(self._files.rows_of(use)): use for use in uses if self._files.rows_of(use) is not None}
        return encoded(kept, ingredients, rows)

    def _key_now(self, path: Path) -> bytes | None:
        ground = self._defaults.ground_of(path.parent)
        if not ground.is_sound:
            return None  # a file of defaults that cannot be used is in no key
        try:
            raw = self._files.raw(path, MANIFEST_BYTES_MAX)
        except Broken:
            return None
        return None if self._may_hold_secret(raw) else self._key_of(path, self._files.digest(path), ground)

    def _key_of(self, path: Path, digest: str | None, ground: Ground) -> bytes:
        """A digest of the file, and of those whose defaults it stands on without naming them."""
        parts = [self._name(path), digest or ""]
        for above in ground.files:
            parts += (self._name(above), self._files.digest(above) or "")
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hashlib.blake2b(text, key=self._settings, digest_size=_KEY_BYTES).digest()

    def _name(self, path: Path) -> str:
        """The name of a file in the project; unlike the one that is shown, no other file can have it."""
        return path.as_posix().removeprefix(self._root)

    def _opened(self, path: Path, content: bytes, located: Located) -> KeptFile | None:
        if self._holds_secret(content):
            return None
        try:
            entry = Entry(content)
            paths: list[Path] = []
            for ingredient in entry.ingredients:
                each, digest = self._now(ingredient.name)
                if digest != ingredient.digest:
                    return None
                paths.append(each)
            return entry.opened(paths, self._files.rows_as, partial(located, path))
        except Unusable:
            return None

    def _now(self, name: str) -> tuple[Path, str | None]:
        """An ingredient and its digest as it is now; None for one that cannot be read, or may hold a secret."""
        known = self._ingredients.get(name)
        if known is None:
            path = self._files.root / name
            try:
                raw = self._files.raw(path, INCLUDED_FILE_BYTES_MAX)
                known = (path, None if self._may_hold_secret(raw) else self._files.digest(path))
            except Broken:
                known = (path, None)
            self._ingredients[name] = known
        return known

    def _holds_secret(self, raw: bytes) -> bool:
        return any(secret in raw for secret in self._secrets)

    def _may_hold_secret(self, raw: bytes) -> bool:
        if not self._secrets:
            return False
        return self._holds_secret(raw) or self._holds_secret(_ESCAPED.sub(_letter, raw))


def _letter(escaped: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escaped[1].decode("ascii")) if escaped[1] else escaped[2]
