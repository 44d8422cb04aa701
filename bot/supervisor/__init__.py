"""What `trato up` does: start every process, keep it running, stop it."""
