"""What the dossiers need beyond the sections of a brief: raw numbers, no wording."""
