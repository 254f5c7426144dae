#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: a server that answers 413 and closes with the rest of the upload unread sends its answer, then a reset. The
# client's send fails with ECONNRESET, and that takes the error with it: the next recv() gives the whole answer, and then
# the end. So the answer is there for who looks: urllib3, requests, httpx, aiohttp and Tornado do and return 413;
# http.client and httplib2 raise ConnectionResetError and never look.
# Valid input: a POST of 30 MB, an answer with Content-Length and Connection: close, 0.1 s between answer and close().
# Seen (CPython 3.11, urllib3 2.8.0, requests 2.34.2, httpx 0.28.1, aiohttp 3.14.5, Tornado 6.6.1, httplib2 0.32.0): as above.
# Needs: python3 with venv. Fails if who sees the answer changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check \
  urllib3==2.8.0 requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5 tornado==6.6.1 httplib2==0.32.0
"$folder/venv/bin/python" - <<'PY'
import asyncio
import http.client
import socket
import threading
import time

import aiohttp
import httplib2
import httpx
import requests
import tornado.httpclient
import urllib3

BODY = b"x" * 30_000_000
listener = socket.create_server(("127.0.0.1", 0))
PORT = listener.getsockname()[1]
URL = f"http://127.0.0.1:{PORT}/"


def serve() -> None:
    while True:
        connection, _ = listener.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1000)
        connection.sendall(
            b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbig\n"
        )
        time.sleep(0.1)
        connection.close()


threading.Thread(target=serve, daemon=True).start()


def by_hand() -> int:
    connection = socket.create_connection(("127.0.0.1", PORT))
    try:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        connection.sendall(BODY)
    except ConnectionResetError:
        answer = b"".join(iter(lambda: connection.recv(1000), b""))
        return int(answer.split()[1])
    raise AssertionError("no reset")


def by_http_client() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.request("POST", "/", BODY)
    return connection.getresponse().status


def by_aiohttp() -> int:
    async def post() -> int:
        async with aiohttp.ClientSession() as session, session.post(URL, data=BODY) as answer:
            return answer.status

    return asyncio.run(post())


def by_tornado() -> int:
    async def post() -> int:
        client = tornado.httpclient.AsyncHTTPClient()
        return (await client.fetch(URL, method="POST", body=BODY, raise_error=False)).code

    return asyncio.run(post())


WAYS = {
    "by hand": by_hand,
    "http.client": by_http_client,
    "httplib2": lambda: httplib2.Http(proxy_info=None).request(URL, "POST", BODY)[0].status,
    "urllib3": lambda: urllib3.PoolManager(retries=False).request("POST", URL, body=BODY).status,
    "requests": lambda: requests.post(URL, data=BODY, proxies={"http": ""}).status_code,
    "httpx": lambda: httpx.post(URL, content=BODY, trust_env=False).status_code,
    "aiohttp": by_aiohttp,
    "tornado": by_tornado,
}
seen: dict[str, object] = {}
for name, way in WAYS.items():
    try:
        seen[name] = way()
    except ConnectionResetError:
        seen[name] = "reset"
print(seen)
assert seen == {name: "reset" if name in {"http.client", "httplib2"} else 413 for name in WAYS}
PY
