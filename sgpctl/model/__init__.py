"""What an evaluation is: the create request, the ten task types, canonical form, digest, identity, our marks.

Only values live here. No path, socket, clock or word for the terminal may enter.
"""
