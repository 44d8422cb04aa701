"""Listening to voice notes, where the optional extra `voice` is installed (`make setup-voice`)."""
