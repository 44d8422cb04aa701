"""The classifier with all that follows it: context, values, two meanings, and the decision to act or to ask."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from trato_rasa.settings import DEFAULT_TIMEZONE, thresholds_of
from trato_rasa.understanding import Context, Meaning, understand
from trato_rasa.vectors import default_cache, engine_version
from trato_rasa.vote import IntentVote

RANKING = "intent_ranking"
PAYLOAD_PREFIX = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(GraphComponent):
    """Sets intent, ranking, entities, `decision` and, where there are, `doubt` and `also`.

    The message's metadata may carry `now`, `asked` and `options`; see `trato_rasa.understanding.Context`.
    """

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, vote: IntentVote | None = None
    ) -> None:
        self._config = config
        self._thresholds = thresholds_of(config)
        self._timezone = ZoneInfo(config["timezone"])
        self._model_storage = model_storage
        self._resource = resource
        self._vote = vote

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for what each one means."""
        return {
            "views": ["query"],
            "nonsense_below": 0.45,
            "timezone": DEFAULT_TIMEZONE,
            "act": None,
            "confirm": None,
            "clause": None,
            "protective": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Understanding:
        """An untrained one."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Understanding:
        """The trained one; whatever is wrong with its files ends the start, since guessing is worse."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentVote.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Trains anew when the embeddings come from another release."""
        return engine_version()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._vote = IntentVote(self._config["views"], self._config["nonsense_below"])
        texts, intents = ([example.get(name) for example in examples] for name in (TEXT, INTENT))
        self._vote.fit(texts, intents, cache=default_cache())
        with self._model_storage.write_to(self._resource) as folder:
            self._vote.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand messages; payloads of our own options are left to Rasa's own handler."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith(PAYLOAD_PREFIX):
                self._set(message, self._read(text, message.get("metadata")))
        return messages

    def _read(self, text: str, metadata: Any) -> Meaning:
        if self._vote is None:
            raise RuntimeError("the classifier is not trained")
        context = Context.of(metadata if isinstance(metadata, dict) else None, now=datetime.now(self._timezone))
        return understand(text, context=context, thresholds=self._thresholds, rankings=self._vote.rankings)

    @staticmethod
    def _set(message: Message, meaning: Meaning) -> None:
        message.set(INTENT, {"name": meaning.intent, "confidence": meaning.confidence}, add_to_output=True)
        ranking = [{"name": name, "confidence": confidence} for name, confidence in meaning.ranking]
        message.set(RANKING, ranking, add_to_output=True)
        entities = [
            {"entity": one.entity, "value": one.value, "start": one.start, "end": one.end, "extractor": "Understanding"}
            for one in meaning.found
        ]
        message.set(ENTITIES, entities, add_to_output=True)
        message.set("decision", meaning.decision, add_to_output=True)
        for name, value in (("doubt", meaning.doubt), ("also", meaning.also)):
            if value:
                message.set(name, value, add_to_output=True)
