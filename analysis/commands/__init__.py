"""The commands of `duibiao`, a module each: parse, call, print. Heavy modules are imported by the
command that needs them. What commands share is in options, printing, progress, headings and rivals.
"""
