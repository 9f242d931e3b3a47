"""A group of accounts with all its studies: `stored` loads, `studies` computes, `charts` draws."""

from analysis.group.studies import AccountGroup

__all__ = ["AccountGroup"]
