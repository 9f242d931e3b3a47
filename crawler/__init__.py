"""Collecting: from saved files and public pages to stored records. Nothing here is analysed."""
