"""What Lighthouse gives the built site: `make lighthouse`. Needs Node.js and Chromium; the first time npx fetches it.

The best of three runs counts: a busy machine only ever makes a page look slower than it is.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = "lighthouse@12.8.2"
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}
PAGES = ["", "glossary/", "progress/", "confusions/", "about/"]
PAGES += [
    f"part-{page}/" for page in ("1/01-what-is-a-model", "1/04-similarity", "3/12-pytorch", "3/12-pytorch-notebook")
]
FORMS = {"mobile": [], "desktop": ["--preset=desktop"]}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves text compressed, as any host of static sites does."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file() or path.suffix not in {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}:
            return super().send_head()
        data = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        file = tempfile.TemporaryFile()  # noqa: SIM115 # the caller closes it
        file.write(data)
        file.seek(0)
        return file

    def log_message(self, *_: object) -> None:
        pass


def scores(url: str, form: str) -> dict[str, int]:
    """Lighthouse's marks out of 100, by category."""
    command = ["npx", "--yes", LIGHTHOUSE, url, *FORMS[form], "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    environment = {"CHROME_PATH": chromium, **os.environ}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return {name: round(100 * each["score"]) for name, each in json.loads(told.stdout)["categories"].items()}


def main() -> None:
    """Build, serve, measure; exit with 1 below a bar."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Compressing)
    url = f"http://127.0.0.1:{server.server_port}/"
    below = 0
    with tempfile.TemporaryDirectory() as site:
        server.RequestHandlerClass = lambda *arguments: Compressing(*arguments, directory=site)  # type: ignore[assignment]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", site]
        subprocess.run(build, cwd=ROOT, check=True, env={**os.environ, "SITE_URL": url})
        for page in sys.argv[1:] or PAGES:
            for form in FORMS:
                best: dict[str, int] = {}
                for _ in range(3):
                    best = {name: max(mark, best.get(name, 0)) for name, mark in scores(url + page, form).items()}
                    if all(best[name] >= bar for name, bar in BARS.items()):
                        break
                below += any(best[name] < bar for name, bar in BARS.items())
                print(f"/{page} {form}:", ", ".join(f"{name} {mark}" for name, mark in best.items()), flush=True)
    sys.exit(below > 0)


if __name__ == "__main__":
    main()
