"""Walks over public pages and feeds; parsing is the `wechat` package's."""
