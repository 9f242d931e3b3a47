"""Watching rivals: what is new or changed since the last look, told once. `news` detects, `state`
remembers, `render` words it.
"""
