"""Ways to reach people. Each adapter fulfils `bot.ports.Channel`: it verifies, parses and sends; it decides nothing."""
