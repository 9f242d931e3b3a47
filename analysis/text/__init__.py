"""Words of titles and bodies: tokens, title marks, n-grams, vectors, lexicons. What articles mean
is content's and columns'.
"""
