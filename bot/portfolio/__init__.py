"""Portfolio files: read, checked row by row, reported on; and a plausible sample of one."""
