"""The rules that draw a brief's conclusions: one module per kind, one function per rule. A rule
that lacks the data says nothing.
"""
