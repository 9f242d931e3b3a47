"""Recordings of browsers and proxies: HAR, Charles, WARC."""
