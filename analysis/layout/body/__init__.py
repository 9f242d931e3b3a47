"""One article's HTML -> its layout profile: paragraphs, headings, pictures,
parts, colours. Pure.
"""
