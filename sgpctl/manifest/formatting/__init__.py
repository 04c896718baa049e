"""One style for manifests: a formatter over the C parser's tokens that keeps comments, anchors and every value.

Nothing here knows what an evaluation is, but for the order of its keys.
"""
