"""A headless Chromium, controlled by the Chrome DevTools Protocol."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websocket import WebSocket, create_connection

START_SECONDS = 30.0
WAIT_SECONDS = 15.0
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1280,2000",
)
EVERYTHING_LOADED = "document.readyState === 'complete'"


def chromium() -> str | None:
    """Return the path of the program, or None if it is not installed."""
    return shutil.which("chromium")


class Page:
    """A tab, with the errors that it reports."""

    def __init__(self, socket: WebSocket) -> None:
        self.errors: list[str] = []
        self._socket = socket
        self._last = 0
        for domain in ("Page", "Runtime", "Log", "Audits"):
            self._command(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Open an address, and wait until the page is loaded."""
        self._command("Page.navigate", url=url)
        self.wait_for(f"location.href.startsWith({json.dumps(url)}) && {EVERYTHING_LOADED}")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; raise AssertionError if it throws."""
        response = self._command(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,  # with a user gesture, so that windows may open
        )
        assert "exceptionDetails" not in response, response["exceptionDetails"]
        return response["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Return the value of an expression when it is true; raise AssertionError on timeout."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}; errors: {self.errors}")

    def element(self, selector: str) -> str:
        """Return the JavaScript for the element of a selector, when the element exists."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"{found} !== null")
        return found

    def click(self, selector: str) -> None:
        """Click the element when it exists."""
        self.evaluate(f"{self.element(selector)}.click()")

    def write(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.evaluate(f"{self.element(selector)}.focus()")
        self._command("Input.insertText", text=text)

    def text(self, selector: str) -> str:
        """Return the visible text of an element, when it has any."""
        return str(self.wait_for(f"{self.element(selector)}.innerText"))

    def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._last:
                assert "error" not in message, message
                return dict(message["result"])
            self._listen(message)

    def _listen(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.errors.append(str(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning"):
                self.errors.append(str(parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                self.errors.append(str(parameters["entry"]))
            case "Audits.issueAdded" if "contentSecurityPolicy" in str(parameters):
                self.errors.append(str(parameters["issue"]))


@contextmanager
def browse(folder: Path) -> Iterator[Page]:
    """Yield a page of a new browser, whose profile is in `folder`."""
    program = chromium()
    assert program is not None
    process = subprocess.Popen(
        [program, *OPTIONS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        socket = create_connection(_address(folder), timeout=WAIT_SECONDS, suppress_origin=True)
        try:
            yield Page(socket)
        finally:
            socket.close()
    finally:
        process.terminate()
        process.wait(10)


def _address(folder: Path) -> str:
    """Return the address of the first tab, when the browser has written its port."""
    file = folder / "DevToolsActivePort"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (lines := file.read_text().splitlines()):
            tabs = httpx.get(f"http://127.0.0.1:{lines[0]}/json/list").json()
            for tab in tabs:
                if tab["type"] == "page":
                    return str(tab["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("Chromium did not start")
