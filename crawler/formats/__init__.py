"""What people hold (tables, feeds, HAR, Markdown, back-end lists…) -> Batch. A new format is a
module here and a line in `detect`.
"""
