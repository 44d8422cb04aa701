"""What Trato adds to Rasa: a channel, a tracker store and the components that read Brazilian Portuguese."""
