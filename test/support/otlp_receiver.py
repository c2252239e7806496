"""A collector of OTLP over HTTP that takes only what the protobuf definitions allow in JSON.

Prints its port, then a JSON line for each request: the signal, what was parsed, or the fault. Behaves as the lines of stdin say,
one for each request: `take`, `partial`, or a status to refuse with; the last one stays.
"""

import base64
import gzip
import json
import subprocess
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, json_format
from google.protobuf.message_factory import MessageFactory

ROOT = Path(__file__).parent / "otlp"
SERVICES = {
    "/v1/traces": "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
    "/v1/logs": "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
}
HEX_FIELDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def load_messages():
    with tempfile.NamedTemporaryFile() as out:
        protos = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.proto")]
        subprocess.run(
            ["protoc", f"-I{ROOT}", "--include_imports", f"--descriptor_set_out={out.name}", *protos], check=True
        )
        files = descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = MessageFactory(pool)
    return {path: factory.GetPrototype(pool.FindMessageTypeByName(name)) for path, name in SERVICES.items()}


def with_bytes(value):
    """OTLP has ids in hex where the mapping of protobuf has base64."""
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    converted = {}
    for name, item in value.items():
        if name in HEX_FIELDS:
            raw = bytes.fromhex(item)
            if len(raw) != HEX_FIELDS[name] or not any(raw):
                raise ValueError(f"{name} {item!r} is no id")
            converted[name] = base64.b64encode(raw).decode()
        else:
            converted[name] = with_bytes(item)
    return converted


def main():
    messages = load_messages()
    behaviours = [line.strip() for line in sys.stdin if line.strip()] or ["take"]
    count = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            nonlocal count
            behaviour = behaviours[min(count, len(behaviours) - 1)]
            count += 1
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            report = {"path": self.path, "authorization": self.headers.get("authorization"), "behaviour": behaviour}
            try:
                if self.headers["content-type"] != "application/json":
                    raise ValueError(f"content-type {self.headers['content-type']}")
                message = json_format.ParseDict(with_bytes(json.loads(body)), messages[self.path]())
                report["message"] = json_format.MessageToDict(message)
            except Exception as fault:
                report["fault"] = str(fault)
                behaviour = "400"
            print(json.dumps(report), flush=True)
            self.answer(behaviour)

        def answer(self, behaviour):
            status = int(behaviour) if behaviour.isdigit() else 200
            name = "rejectedSpans" if self.path == "/v1/traces" else "rejectedLogRecords"
            partial = {"partialSuccess": {name: "1", "errorMessage": "too old"}} if behaviour == "partial" else {}
            body = json.dumps(partial).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
