"""What the demo says: a few readable lines, with colours and a moving bar only where there is a terminal."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from virtualgarden.nodes import NODES

from plantops.demo.nodes import HISTORY_DAYS, REPORT_SECONDS
from plantops.demo.notes import DemoNotes
from plantops.demo.ports import USUAL

TENTHS = 10
ASKED_TO_START_AGAIN = 100
"""The exit code of a Home Assistant that somebody restarts on its own page."""


class Speaker:
    """Says things to the console."""

    def __init__(self, console: Console) -> None:
        """Take the console."""
        self._console = console

    def line(self, text: str = "", style: str | None = None) -> None:
        """Say one line, never wrapped: people copy it. Where nobody listens any more, the demo goes on in silence."""
        with suppress(OSError, SystemExit):  # rich ends the program when its reader has gone
            self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def starting(self, what: str) -> None:
        """Say what is being started."""
        self.line(f"  starting {what} …", "dim")

    def died(self, what: str, code: int) -> None:
        """Say that a program has died, or wished to end, and is started again."""
        if code == ASKED_TO_START_AGAIN:
            self.line(f"  {what} starts again, as it was asked to.", "dim")
            return
        self.line(f"  {what} ended unexpectedly (code {code}) and is started again; see the log.", "yellow")

    @contextmanager
    def progress(self, what: str) -> Iterator[Bar]:
        """Show how far a long step is."""
        with Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        ) as shown:
            yield Bar(self, shown, what)

    def welcome(self, notes: DemoNotes, data: Path, mosquitto: Path, ports: Sequence[int] = USUAL) -> None:
        """Say what runs where, and how to look at it; `ports` are those that were wished for."""
        beside = mosquitto.parent.parent / "bin" / "mosquitto_sub"
        program = str(beside) if beside.exists() and not shutil.which("mosquitto_sub") else "mosquitto_sub"
        account = f"-u {notes.mqtt_backend_username} -P {notes.mqtt_backend_password}"
        self.line()
        self.line("PlantOps is running. Ctrl-C stops everything.", "bold green")
        self.line()
        if notes.dashboard:
            self.line(f"  Dashboard  {notes.url}/    (log in with the token)")
        if notes.home_assistant:
            hass = notes.home_assistant
            self.line(f"  Hass       {hass.url}/    (Home Assistant; user: {hass.username}, password: {hass.password})")
        self.line(f"  API        {notes.url}/api/v1/    (documentation: {notes.url}/api/docs)")
        self.line(f"  Token      {notes.token}    (admin)")
        self.line(f"  Broker     mqtts://localhost:{notes.mqtt_device_port}    (CA: {notes.ca_file})")
        self.line(f"             mqtt://127.0.0.1:{notes.mqtt_port}    (this machine only)")
        self.line(f"  Register   {notes.register_url}    (key: {notes.registration_key})")
        taken = urlsplit(notes.url).port, notes.mqtt_device_port, notes.mqtt_port, notes.https_port
        for wanted, port in zip(ports, taken, strict=True):
            if port != wanted:
                self.line(f"             (port {wanted} is taken by another program, so {port} it is)", "yellow")
        self.line(f"  Database   {notes.database_url}")
        pace = f"a report every {REPORT_SECONDS:g} s, after {HISTORY_DAYS:g} days of history"
        self.line(f"  Garden     {len(NODES)} virtual nodes, over TLS; {pace}")
        self.line(f"  Data       {data}    (logs: {data / 'log'}; for programs: {data / 'demo.json'})")
        self.line()
        self.line("To look at it:")
        self.line(f"  curl -H 'Authorization: Bearer {notes.token}' {notes.url}/api/v1/plants")
        where = f"--cafile {quote(notes.ca_file)} -h localhost -p {notes.mqtt_tls_port}"
        self.line(f"  {quote(program)} {where} {account} -v -t 'plantops/#'")
        self.line()


class Bar:
    """One long step's progress: a bar on a terminal, else a line for each tenth."""

    def __init__(self, speaker: Speaker, shown: Progress, what: str) -> None:
        """Begin at nothing."""
        self._speaker = speaker
        self._shown = shown
        self._what = what
        self._task = shown.add_task(what, total=1.0)
        self._tenth = -1

    def at(self, part: float) -> None:
        """Tell how far it is, 0 to 1."""
        self._shown.update(self._task, completed=part)
        if self._shown.disable and (tenth := int(part * TENTHS)) > self._tenth:
            self._tenth = tenth
            self._speaker.line(f"  {self._what}: {tenth * TENTHS} %")
