"""Watching rivals: what is new or changed since the last run, reported once. `news` detects it,
`state` stores what was seen and reported, `render` writes the text, `webhooks` sends it.
"""
