"""What the assistant answers, by topic. Pure: a case and a turn in, an answer out; nothing is stored here.

Each topic is a function `(case, turn) -> Answer`. `TOPICS` says which intent leads to which function, and whether the
right party must be confirmed first (R10). Rasa's rules name the same intents; its actions call in here through
`bot/usecases/answer_turn.py`.
"""
