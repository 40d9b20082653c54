"""Makes the pictures of the README: starts the web app, asks a question and takes a picture, wide and phone-sized.

    .venv/bin/python docs/make_screenshots.py

Needs the `test` extra and a Chromium in PATH.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
QUESTION = "Vem ska utse kommundirektören?"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "chat", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        _take(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The web app did not start.")


def _take(address: str) -> None:
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, width, height in (("fraga", 1280, 860), ("fraga-telefon", 390, 844)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address)
            _ask(page)
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        browser.close()


def _ask(page: Page) -> None:
    box = page.get_by_label("Din fråga")
    box.fill(QUESTION)
    page.get_by_role("button", name="Fråga", exact=True).click()
    mark = page.get_by_role("button", name="Källa 1").first
    mark.wait_for(timeout=60_000)
    mark.hover()
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
