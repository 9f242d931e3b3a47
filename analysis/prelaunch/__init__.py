"""The pre-launch benchmark: a launch plan compared with the accounts in the store. `answers`
holds one module a question.
"""
