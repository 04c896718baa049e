"""JSON Schema of manifests and project files, generated from the models that check them.

No field is described twice.
"""
