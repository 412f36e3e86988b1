"""The statistics of a run and of two runs beside each other; numbers in, numbers out, nothing is printed here."""
