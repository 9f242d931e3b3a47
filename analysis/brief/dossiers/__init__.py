"""A page for every account of a brief (对手档案): what it is, writes and looks like, what to learn
from it and what to avoid.
"""
