"""A loopback server that answers like SkyServer, and misbehaves on request. It counts the requests for each galaxy."""

import gzip
import io
import json
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw

from galviz.sdss.sql import COLUMNS
from galviz.survey.survey import mock_survey_folder

FIRST_ID = 1237648704043942146


def draw_rows(count):
    """Rows of the query's reply, by objID: the metallicity varies, and every fourth galaxy lacks a stellar mass."""
    rows = {}
    for number in range(count):
        values = dict.fromkeys(COLUMNS, "17.5") | {
            "objID": str(FIRST_ID + number * 7),
            "specObjID": str(299489677444933632 + number),
            "ra": f"{150 + number / 100}",
            "dec": "2.25",
            "z": "0.0785",
            "petroRad_r": "8.1",
            "petroR90_r": "6.4",
            "oh_p50": f"{8.3 + number % 90 / 100:.4f}",
            "lgm_tot_p50": "10.4" if number % 4 else "-9999",
        }
        rows[values["objID"]] = tuple(values.values())
    return rows


def mock_jpegs(count, size_px=160):
    """JPEG files of mock galaxies, all different."""
    files = sorted((mock_survey_folder() / "images").glob("*.jpg"))[:count]
    for path in files:
        if size_px == 160:
            yield path.read_bytes()
        else:
            yield as_jpeg(Image.open(path).resize((size_px, size_px)))


def as_jpeg(image):
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=75)
    return stream.getvalue()


def footprint_frame(size_px, background="black", ink="white"):
    """The frame of one colour with a message, which SkyServer draws where it has no imaging."""
    image = Image.new("RGB", (size_px, size_px), background)
    draw = ImageDraw.Draw(image)
    draw.text((4, size_px // 2 - 40), "Requested (ra, dec) is outside the SDSS footprint.", ink)
    draw.text((4, size_px // 2 - 4), "no imaging here", ink)
    return as_jpeg(image)


class SkyServer:
    """The server; use it as a context manager.

    Attributes
    ----------
    url : str
    n_requests : Counter
        Requests for images, by objID.
    queries : list of dict
        Parameters of each SQL query.
    tasks : dict
        Per objID, what to do instead of sending the image: a list of names, one per request.
    reply : callable
        The reply to a query, as (status, content type, text).
    on_image : callable
        Called as on_image(number of the request, stage), with stage "start", "half" and "end".
    """

    def __init__(self, count=6, size_px=160):
        self.rows = draw_rows(count)
        self.size_px = size_px
        self.n_requests, self.n_images, self.queries, self.tasks = Counter(), 0, [], {}
        self.user_agents, self.parameters, self.times = set(), {}, []
        self.reply = lambda: (200, "text/plain", self.csv())
        self.on_image = lambda number, stage: None
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self.n_open = self.most_open = 0
        positions = {f"{float(row[2]):.7f}": object_id for object_id, row in self.rows.items()}
        jpegs = dict(zip(self.rows, cycle(mock_jpegs(min(count, 300), size_px)), strict=False))
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                parts = urlsplit(self.path)
                parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
                server.user_agents.add(self.headers["User-Agent"])
                with suppress(OSError):
                    if parts.path.endswith("/en/tools/search/x_results.aspx"):
                        server.queries.append(parameters | {"path": parts.path})
                        status, kind, text = server.reply()
                        self.send(text.encode(), status=status, kind=kind)
                    elif parts.path.endswith("/SkyServerWS/ImgCutout/getjpeg"):
                        self.image(positions[parameters["ra"]], parameters)
                    elif parts.path == "/moved":
                        self.send(jpegs[parameters["id"]])
                    elif parts.path == "/loop":
                        self.redirect("/loop")

            def image(self, object_id, parameters):
                with server.lock:
                    server.n_requests[object_id] += 1
                    server.n_images += 1
                    number = server.n_images
                    server.times.append(time.monotonic())
                    server.n_open += 1
                    server.most_open = max(server.most_open, server.n_open)
                    queue = server.tasks.get(object_id, [])
                    task = queue.pop(0) if queue else "ok"
                server.parameters[object_id] = parameters
                try:
                    server.on_image(number, "start")
                    getattr(self, f"do_{task}")(jpegs[object_id], object_id, number)
                    server.on_image(number, "end")
                finally:
                    with server.lock:
                        server.n_open -= 1

            def send(self, content, *, status=200, kind="image/jpeg", reason=None, headers=()):
                self.send_response(status, reason)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def redirect(self, target):
                self.send(b"moved", status=302, kind="text/plain", headers=[("Location", target)])

            def do_ok(self, jpeg, object_id, number):
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(jpeg)))
                self.end_headers()
                self.wfile.write(jpeg[: len(jpeg) // 2])
                self.wfile.flush()
                server.on_image(number, "half")
                self.wfile.write(jpeg[len(jpeg) // 2 :])

            def do_status_500(self, jpeg, *_):
                self.send(footprint_frame(server.size_px), status=500)

            def do_status_503(self, jpeg, *_):
                self.send(b"<html><body><h1>503 Service Unavailable</h1></body></html>", status=503, kind="text/html")

            def do_status_429(self, *_):
                self.send(b"slow down", status=429, kind="text/plain", headers=[("Retry-After", "1")])

            def do_wait_an_hour(self, *_):
                self.send(b"slow down", status=429, kind="text/plain", headers=[("Retry-After", "3600")])

            def do_status_403(self, *_):
                self.send(b"forbidden", status=403, kind="text/plain")

            def do_footprint(self, *_):
                reason = "NOT FOUND. Requested (ra, dec) is outside the SDSS footprint."
                self.send(footprint_frame(server.size_px), status=404, reason=reason)

            def do_hang(self, *_):
                self.close_connection = True
                server.closing.wait(30)

            def do_truncated(self, jpeg, *_):
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Length", str(len(jpeg)))
                self.end_headers()
                self.wfile.write(jpeg[:-500])

            def do_cut(self, jpeg, *_):
                self.close_connection = True
                self.send_response(200)
                self.end_headers()
                self.wfile.write(jpeg[: len(jpeg) // 2])

            def do_html(self, *_):
                self.send(b"<!doctype html><html><body>Maintenance</body></html>")

            def do_drip(self, jpeg, *_):
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Length", str(len(jpeg)))
                self.end_headers()
                self.drip(jpeg)

            def do_drip_headers(self, *_):
                self.close_connection = True
                self.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + 5000 * b"x")

            def drip(self, content):
                for place in range(len(content)):
                    if server.closing.wait(0.05):
                        return
                    self.wfile.write(content[place : place + 1])
                    self.wfile.flush()

            def do_redirect(self, jpeg, object_id, number):
                self.redirect(f"/moved?id={object_id}")

            def do_redirect_to_other_host(self, jpeg, object_id, number):
                self.redirect(f"http://localhost:{server.port}/moved?id={object_id}")

            def do_loop(self, *_):
                self.redirect("/loop")

            def do_black(self, *_):
                self.send(footprint_frame(server.size_px))

            def do_grey(self, *_):
                self.send(footprint_frame(server.size_px, "grey", "black"))

            def do_wrong_size(self, *_):
                self.send(next(mock_jpegs(1, server.size_px // 2)))

            def do_empty(self, *_):
                self.send(b"")

            def do_png(self, jpeg, *_):
                stream = io.BytesIO()
                Image.open(io.BytesIO(jpeg)).save(stream, "PNG")
                self.send(stream.getvalue())

            def do_reset(self, jpeg, *_):
                self.close_connection = True
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + jpeg[:100])
                self.wfile.flush()
                linger = struct.pack("ii", 1, 0)  # closing sends a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

            def do_bomb(self, *_):
                self.send(_BOMB, headers=[("Content-Encoding", "gzip")])

            def do_broken_gzip(self, jpeg, *_):
                self.send(jpeg, headers=[("Content-Encoding", "gzip")])

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def csv(self, rows=None):
        lines = [COLUMNS, *(self.rows.values() if rows is None else rows)]
        return "#Table1\n" + "".join(",".join(line) + "\n" for line in lines)

    def sql_error(self, message):
        """The reply to a query that the database refuses."""
        content = {"ErrorCode": 500, "ErrorType": "InternalServerError", "ErrorMessage": message}
        return 500, "application/json", json.dumps(content)

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _bomb():
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    return stream.getvalue()


_BOMB = _bomb()
