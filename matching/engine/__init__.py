"""The ranking engine: a library without Django, settings or a clock. Profiles in, hits with reasons out."""
