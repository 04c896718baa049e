"""From what people write once to what each evaluation is: defaults, matrix, variables, references.

Documents in, documents with all their places out; what is read from disk comes through the room above.
"""
