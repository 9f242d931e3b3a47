"""The store: records in, rows out, on SQLite or PostgreSQL. `open_store` is the way in; what is
read or written how is in the modules.
"""

from crawler.store.store import Store, StoreError, open_store

__all__ = ["Store", "StoreError", "open_store"]
