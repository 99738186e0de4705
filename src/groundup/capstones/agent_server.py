"""A server on this machine that speaks the messages format, to try the agent's HTTP driver without a key or a network.

    python -m groundup.capstones.agent_server --port 8765
    ANTHROPIC_API_KEY=any ANTHROPIC_BASE_URL=http://127.0.0.1:8765 \
        python -m groundup.capstones.agent --driver messages --model any

It holds requests to the vendor's rules: roles alternate, and each ``tool_use`` is answered, by its id, in the next
message.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from groundup.capstones.agent_drivers import Reply, answer, decide


class Refusal(Exception):
    """Answer with an HTTP status other than 200."""

    def __init__(self, status: int, kind: str, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"type": "error", "error": {"type": kind, "message": message}}


def stand_in(request: dict[str, Any]) -> Reply:
    """What the server says by default: asks for the tool that ``decide`` picks, then answers with the result."""
    messages = request["messages"]
    last = messages[-1]["content"]
    return decide(last, messages) if isinstance(last, str) else answer(f"The answer is {last[0]['content']}.")


def scripted(*replies: Reply | Exception | bytes) -> Callable[[dict[str, Any]], Reply | bytes]:
    """Say one thing after the other: a reply, bytes as they are, or an exception to raise."""
    left = list(replies)

    def say(request: dict[str, Any]) -> Reply | bytes:
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return say


def check(request: Any, headers: Mapping[str, str]) -> None:
    """Hold a request to the rules of the format.

    Raises:
        Refusal: It breaks one.
    """
    has_key = headers.get("x-api-key") or headers.get("authorization", "").startswith("Bearer ")
    if not has_key or not headers.get("anthropic-version"):
        raise Refusal(401, "authentication_error", "a key (x-api-key or bearer) and anthropic-version are needed")

    def must(holds: Any, rule: str) -> None:
        if not holds:
            raise Refusal(400, "invalid_request_error", rule)

    must(isinstance(request, dict) and isinstance(request.get("model"), str), "model: a name")
    must(isinstance(request.get("max_tokens"), int) and request["max_tokens"] > 0, "max_tokens: a positive integer")
    must(
        all(t.get("name") and t["input_schema"]["type"] == "object" for t in request.get("tools", [])), "tools: schema"
    )
    messages = request.get("messages")
    must(isinstance(messages, list) and messages, "messages: at least one")
    asked: list[str] = []
    for n, message in enumerate(messages):
        must(message["role"] == ("assistant" if n % 2 else "user"), f"messages.{n}: roles must alternate, user first")
        blocks = message["content"] if isinstance(message["content"], list) else []
        must(blocks or message["content"], f"messages.{n}: content must not be empty")
        told = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        must(told == asked, f"messages.{n}: wanted a tool_result for each of {asked}, got {told}")
        asked = [block["id"] for block in blocks if block["type"] == "tool_use"]
        must(len(asked) == len(set(asked)), f"messages.{n}: tool_use ids must be unique")


class MessagesServer:
    """The server, on a free port of 127.0.0.1; a context manager.

    Args:
        model: What it says to a request: a reply with ``content`` and ``stop_reason``, or bytes as they are; may raise
            a ``Refusal``, or a ``ConnectionError`` to hang up.
        port: 0 takes a free one.
    """

    def __init__(self, model: Callable[[dict[str, Any]], Reply | bytes] = stand_in, port: int = 0) -> None:
        self.requests: list[dict[str, Any]] = []  # the bodies, refused ones too

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                handler.close_connection = True
                try:
                    if handler.path != "/v1/messages":
                        raise Refusal(404, "not_found_error", f"there is no {handler.path}")
                    request = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
                    self.requests.append(request)
                    check(request, {name.lower(): value for name, value in handler.headers.items()})
                    send(handler, 200, _whole(model(request), request))
                except Refusal as refusal:
                    send(handler, refusal.status, json.dumps(refusal.body).encode(), refusal.headers)
                except ConnectionError:
                    pass

            def log_message(handler, *_: Any) -> None:
                pass

        def send(handler: Handler, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            handler.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> MessagesServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _whole(reply: Reply | bytes, request: dict[str, Any]) -> bytes:
    if isinstance(reply, bytes):
        return reply
    usage = {"input_tokens": len(json.dumps(request)) // 4, "output_tokens": len(json.dumps(reply)) // 4}
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "stop_sequence": None}
    return json.dumps({**head, "usage": usage, **reply}).encode()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; returns the exit code."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="python -m groundup.capstones.agent_server", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    try:
        with MessagesServer(port=parser.parse_args(argv).port) as server:
            print(f"ANTHROPIC_API_KEY=any ANTHROPIC_BASE_URL={server.url}  (Ctrl-C ends)", flush=True)
            threading.Event().wait()
    except OSError as error:
        print(f"agent_server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
