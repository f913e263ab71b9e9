"""A log line tells what failed and where; never the words of the failure, which may be about somebody."""

import json
import subprocess
import sys

PROGRAM = """
import asyncio, logging
from infra.log import configure, logger
configure()

def fail():
    try:
        raise ValueError("invalid input: Bianca Corsi") from KeyError("Bianca")
    except ValueError as error:
        return error

error = fail()
logger().error("it failed", exc_info=error)
logging.getLogger("library").error("its job failed: %s", error, exc_info=error)
logging.getLogger("uvicorn.error").info("every request")
logging.getLogger("tortoise.db_client").debug("SELECT 'Bianca'")

async def lost():
    async def task():
        raise error
    asyncio.create_task(task())
    await asyncio.sleep(0)
asyncio.run(lost())
"""


def test_errors_are_logged_without_their_words() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={"WIN_LOG_LEVEL": "debug"}, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    told = [line for line in lines if line["level"] == "error"]
    assert [line["event"] for line in told] == [
        "it failed",
        "its job failed: ValueError",
        "Task exception was never retrieved",
    ]
    assert told[0]["kinds"] == ["ValueError", "KeyError"]
    assert told[0]["places"] == ["<string>:8 fail"]
    assert "Bianca" not in run.stderr
    assert "every request" not in run.stderr
