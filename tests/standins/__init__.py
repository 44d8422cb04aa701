"""Stand-ins for the providers: real HTTP servers that answer, fail and call back as the providers do.

In a test: `with twilio.TwilioStandIn() as standin:` and point the channel at `standin.base_url`. As a process:
`python -m tests.standins.twilio --port 9001`, steered over HTTP (`/_calls`, `/_fail`, `/_inbound`, …).
"""
