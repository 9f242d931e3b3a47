"""How an article's HTML gets the styles a browser would give it, and what is read off them; analysis/styles.py is the way in."""
