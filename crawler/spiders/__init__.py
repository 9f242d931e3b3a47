"""Walks over public pages; parsing is page.py's and listing.py's."""
