"""How content columns are found: candidates from marks, the choice among them, the assignment of articles, names, figures, the user's edits."""
