"""What manifests came to, remembered from load to load: safe to delete, to share, and to use by many at once.

An entry stands under a digest of everything that it was made from (the file, the settings of the project, sgpctl
itself) and names the other files that went into it with theirs. What differs in one byte is not found, and what was
damaged is not believed; then the manifest is read as if there were no cache.
"""
