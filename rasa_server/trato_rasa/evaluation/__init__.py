"""How well messages are understood: `python -m trato_rasa.evaluation` measures it and writes docs/nlu.md."""
