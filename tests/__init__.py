"""Tests, and what they share: fakes of the ports and stand-ins for the providers."""
