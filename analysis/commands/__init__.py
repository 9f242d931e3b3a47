"""The commands of `duibiao`: parse, call, print. Heavy modules are imported by the command that
needs them.
"""
