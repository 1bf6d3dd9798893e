"""The catalogue: entries of three kinds, their moderation, search, pages, API, import and export."""
