"""What a dossier says, as short lines in the current language."""
