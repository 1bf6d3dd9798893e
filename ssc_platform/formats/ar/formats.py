"""Django has the Arabic day and the time, and would write both together in the English order."""

DATETIME_FORMAT = "j F، Y، g:i A"
