"""What brief, prelaunch and watch share: the page environment, safe text, translation, findings,
the browser. No figures.
"""
