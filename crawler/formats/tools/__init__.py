"""What other tools leave behind (databases, notes, JSON of any shape, lists of accounts) -> Batch;
and what is not read, with what to do instead.
"""
