"""Pages of one's own account and of one's organisation."""
