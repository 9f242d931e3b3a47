"""Pure parsers of WeChat's pages and listings. Nothing here opens a file, a store
or a connection.
"""
