"""Ranking, matches and their curation."""
