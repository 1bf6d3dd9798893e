"""What the ranker reads: packed documents, weighted postings, coded facets, and the changes since they were made."""
