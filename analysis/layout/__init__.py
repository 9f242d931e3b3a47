"""Article layout (排版): a profile per body as a browser would compute it, then templates,
redesigns and distances. CSS is in `css`.
"""
