"""What a browser says that it is, as far as a person knows it again by it."""

from dataclasses import dataclass

from ua_parser import parse_os, parse_user_agent

LONGEST_SAID = 400
LONGEST_NAME = 40


@dataclass(frozen=True)
class Agent:
    """Names such as `Chrome` and `Windows`, without versions; empty for what nobody knows."""

    browser: str = ""
    system: str = ""


def agent_of(said: str) -> Agent:
    """Return what the header User-Agent tells; the first time in a process takes half a second."""
    browser, system = parse_user_agent(said[:LONGEST_SAID]), parse_os(said[:LONGEST_SAID])
    return Agent((browser.family if browser else "")[:LONGEST_NAME], (system.family if system else "")[:LONGEST_NAME])
