"""The one page of a brief: who is who, what is new, whom to learn from, what to read, what to do
next week. Each module chooses one of these; what is behind them stands in the appendix.
"""
