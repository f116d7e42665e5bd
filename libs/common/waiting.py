"""Waiting for whichever of several events comes first."""

import asyncio


async def first_of(*events: asyncio.Event, within_s: float) -> None:
    """Returns when one is set, or after `within_s` seconds."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
