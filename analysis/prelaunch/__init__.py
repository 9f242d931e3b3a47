"""The pre-launch benchmark: a launch plan held against the accounts in the store."""
