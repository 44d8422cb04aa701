"""Rasa's graph components of Trato. Thin: what they do lives in modules that know nothing of Rasa."""
