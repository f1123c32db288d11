"""What one party of a call hears, and how long is waited for their keys. One thing at a time, and each may fail: a
prompt that cannot be played counts as played, so that nobody waits in silence for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from presszero.calls.menu.vocabulary import Event, Played, Prompt, Silence

from .lane import begin
from .media import CALLER, FOREVER, Media
from .ng import MediaFailed
from .voices import Voices

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sequel:
    """What is heard, how long is then waited for a key (None: not at all), and what happens at last."""

    prompts: Sequence[Prompt] = ()
    seconds: float | None = None
    at_last: Callable[[], None] | None = None


class Sound:
    """`told` receives Played and Silence. Nothing is played before `ready` is set."""

    def __init__(self, media: Media, voices: Voices, told: Callable[[Event], None]) -> None:
        self._media, self._voices, self._told = media, voices, told
        self._task: asyncio.Task[None] | None = None
        self._waits: float | None = None
        self.ready = asyncio.Event()
        self.music = ""  # path of what is heard while nothing else is; "" silence

    def start(self, sequel: Sequel) -> None:
        """In place of whatever was heard."""
        self._stop_task()
        self._waits = sequel.seconds
        self._task = begin(self._run(sequel), "let a caller hear something")

    def interrupt(self) -> None:
        """A key was pressed: what is being said stops."""
        self._stop_task()
        self.quiet()

    def wait_again(self) -> None:
        """After a key that changed nothing: the time to press one begins anew."""
        if self._waits is not None:
            self.start(Sequel(seconds=self._waits))

    def quiet(self) -> None:
        """Stops what is heard, by itself and without anybody waiting for it."""
        begin(self._quiet(), "stop a sound")

    def close(self) -> None:
        self.music = ""
        self._stop_task()

    def _stop_task(self) -> None:
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _run(self, sequel: Sequel) -> None:
        me = asyncio.current_task()
        await self.ready.wait()
        if sequel.prompts:
            await self._play(sequel.prompts)
            if sequel.seconds is None:
                self._told(Played())
        if self._task is me and sequel.seconds is not None:
            if self.music:
                await self._play_music()
            await asyncio.sleep(sequel.seconds)
            self._waits = None
            self._told(Silence())
        if self._task is me:
            if sequel.at_last:
                sequel.at_last()
            elif self.music:
                await self._play_music()

    async def _play(self, prompts: Sequence[Prompt]) -> None:
        try:
            path = await self._voices.path(prompts)
            seconds = await self._media.play(path) if path else 0.0
        except (MediaFailed, OSError) as why:
            log.warning("A prompt was not heard: %s", why)
            return
        await asyncio.sleep(seconds)

    async def _play_music(self) -> None:
        try:
            await self._media.play(self.music, times=FOREVER)
        except MediaFailed as why:
            log.warning("No music: %s", why)

    async def _quiet(self) -> None:
        try:
            await self._media.quiet(tag=CALLER)
        except MediaFailed as why:
            log.info("A sound went on: %s", why)
