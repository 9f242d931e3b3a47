"""Understanding: from stored records to frames, figures and briefs."""
