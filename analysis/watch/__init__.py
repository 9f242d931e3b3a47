"""Watching rivals: what is new and what changed since the last look, told once. news.py finds it, memory.py keeps it, the rest tells it."""
