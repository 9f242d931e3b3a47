"""What the group says about a plan, one module a question: rivals, columns, times, pace, layout and
the group's norms.
"""
