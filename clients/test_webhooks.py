"""Events verified by the published library of Standard Webhooks."""

import http.server
import queue
import threading

import pytest
import requests
from standardwebhooks import Webhook, WebhookVerificationError


@pytest.fixture
def receiver():
    """Takes what is posted and keeps it."""
    seen = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.put((body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", seen
        server.shutdown()


def test_the_end_of_a_job_is_told(docket, letter, receiver):
    url, seen = receiver
    headers = {"X-API-Key": docket.key}
    made = requests.post(f"{docket.base}/webhooks", headers=headers, json={"url": url, "events": ["job.completed"]})
    assert made.status_code == 201, made.text
    endpoint = f"{docket.base}/webhooks/{made.json()['id']}"
    submitted = requests.post(f"{docket.base}/parse", headers=headers, files={"file": ("letter.pdf", letter)})
    body, told = seen.get(timeout=60)
    event = Webhook(made.json()["secret"]).verify(body, told)
    assert event["type"] == "job.completed"
    assert event["data"]["job_id"] == submitted.json()["job_id"]
    assert requests.get(docket.base + event["data"]["links"]["result"], headers=headers).json()["status"] == "Succeeded"
    with pytest.raises(WebhookVerificationError):
        Webhook(made.json()["secret"]).verify(body + b" ", told)
    assert requests.delete(endpoint, headers=headers).status_code == 200
