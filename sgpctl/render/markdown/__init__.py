"""Plans and outcomes as Markdown for the people who review them.

Whatever users or the platform supply passes through `text` on its way in, and everything through `budget` on its way out.
"""
