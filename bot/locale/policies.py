"""What is wrong with a policy file, as people read it: where, what, by which rule, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.locale import catalog, say


def fault_lines(fault: Mapping[str, object]) -> Iterator[str]:
    """One fault of `InvalidPolicy`, a line or two."""
    facts = {name: value for name, value in fault.items() if name not in ("line", "path", "rule", "code")}
    code = f"fault_{fault['code']}"
    text = say(code, **facts) if code in catalog() else say("fault_other", detail=facts.get("detail", fault["code"]))
    path = fault["path"] or say("policy_whole_file")
    yield say("policy_fault_at", line=fault.get("line", "?"), path=path, text=text)
    if rule := fault.get("rule"):
        known = f"rule_{rule}" in catalog()
        yield say("policy_fault_rule", rule=rule, text=say(f"rule_{rule}") if known else "")
