"""Writes chat shorthand out, beside the text."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from trato_rasa.shorthand import written_out

WRITTEN_OUT = "written_out"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ShorthandNormalizer(GraphComponent):
    """Puts the normalised text under `written_out`; the text itself stays as the person wrote it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ShorthandNormalizer:
        """See Rasa's base class."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise messages."""
        for message in messages:
            if text := message.get(TEXT):
                message.set(WRITTEN_OUT, written_out(text))
        return messages
