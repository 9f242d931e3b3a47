"""Columns of several accounts: which are of one kind, and the content tree of all."""
