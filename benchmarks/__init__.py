"""Side-by-side measurements against named peers: ratios of one run, never bare seconds."""
