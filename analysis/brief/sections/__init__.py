"""The sections of a brief: frames -> frozen records of raw numbers, one module per section, each
statistic once over all accounts.
"""
