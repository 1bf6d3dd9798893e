"""What matching does, as verbs: rank, propose, tell, curate, explain."""
