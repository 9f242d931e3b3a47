"""The pre-launch benchmark: a plan of one's own, held against the accounts that are there already."""
