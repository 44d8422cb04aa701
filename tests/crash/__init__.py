"""Kills processes in the midst of dialogues, and looks whether anything was lost or doubled."""
