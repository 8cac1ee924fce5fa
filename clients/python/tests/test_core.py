"""The hand-written half against a server that behaves badly: what is repeated, under which key, and what never is."""

import base64
import json
import pickle
import sys
import threading
import traceback
import unittest
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import hundi  # noqa: E402
from hundi import core  # noqa: E402

# Nobody waits for a server that is this near.
core.BACKOFF_SECS = 0.01

KEY = "hk_test_known:hs_test_secret-that-is-nowhere"
ORDER = (201, {"id": "ord_1", "object": "order"}, {})


def problem(status, code, **more):
    return status, {"status": status, "code": code, "message": "No.", **more}, {}


@contextmanager
def server(*answers):
    """Answers one after the other, the last one for ever; remembers what was asked."""
    heard = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            heard.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
            said = answers[min(len(heard), len(answers)) - 1]
            if said == "cut":
                return self.connection.close()
            if said == "silent":
                over.wait(2)
                return None
            status, body, headers = said
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

        def finish(self):
            try:
                super().finish()
            except (OSError, ValueError):
                pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}", heard
    finally:
        over.set()
        listening.shutdown()
        listening.server_close()


def client(url, **more):
    return hundi.Hundi(KEY, url, **{"timeout": 0.4, **more})


class Core(unittest.TestCase):
    def test_what_may_pass_is_repeated_under_the_same_key(self):
        troubles = [
            "cut",
            "silent",
            problem(503, "temporarily_unavailable", retryable=True),
            problem(500, "internal_error"),
            problem(504, "timed_out", retryable=True),
            problem(429, "too_many_requests"),
            problem(409, "idempotency_key_in_flight", retryable=True),
            (502, "<html>a proxy's page</html>", {}),
        ]
        for trouble in troubles:
            with self.subTest(trouble), server(trouble, trouble, ORDER) as (url, heard):
                made = client(url).orders.create({"amount": 100, "currency": "INR"})
                self.assertEqual(made["id"], "ord_1")
                self.assertEqual(len(heard), 3)
                keys = {headers["Idempotency-Key"] for _, _, headers, _ in heard}
                self.assertEqual(len(keys), 1)
                self.assertGreater(len(keys.pop()), 20)
                self.assertEqual(len({body for *_, body in heard}), 1)

    def test_it_asks_for_the_shape_that_its_types_describe_and_tells_of_every_answer(self):
        headers = {
            "X-Request-Id": "req_1",
            "Hundi-Version": hundi.API_VERSION,
            "Idempotent-Replayed": "true",
            "RateLimit-Limit": "100",
            "RateLimit-Remaining": "93",
            "RateLimit-Reset": "41",
        }
        told = []
        with server(problem(503, "too_busy"), (201, ORDER[1], headers)) as (url, heard):
            made = client(url, on_answer=told.append)
            made.orders.create({"amount": 100, "currency": "INR"}, headers={"hundi-version": "2026-08-01"})
            made.orders.get("ord_1")
            client(url, version="2026-08-01").orders.get("ord_1")
            asked = [{name.lower(): value for name, value in sent.items()} for _, _, sent, _ in heard]
        versions = [sent["hundi-version"] for sent in asked]
        self.assertEqual(versions, ["2026-08-01", "2026-08-01", hundi.API_VERSION, "2026-08-01"])
        self.assertEqual([answer.status for answer in told], [503, 201, 201])
        self.assertIsNone(told[0].rate_limit)
        limit = hundi.RateLimit(limit=100, remaining=93, reset_secs=41)
        told_of = hundi.Answered("POST", "/api/v1/orders", 201, "req_1", hundi.API_VERSION, True, limit)
        self.assertEqual(told[1], told_of)

    def test_a_request_of_yours_keeps_your_key_and_each_of_ours_has_its_own(self):
        with server(ORDER) as (url, heard):
            made = client(url)
            made.orders.create({"amount": 100, "currency": "INR"}, idempotency_key="order-1")
            made.orders.create({"amount": 100, "currency": "INR"})
            made.orders.create({"amount": 100, "currency": "INR"})
            made.orders.get("ord_1/../x")
            keys = [headers.get("Idempotency-Key") for _, _, headers, _ in heard]
            self.assertEqual(keys[0], "order-1")
            self.assertNotEqual(keys[1], keys[2])
            self.assertIsNone(keys[3])
            self.assertEqual(heard[3][1], "/api/v1/orders/ord_1%2F..%2Fx")

    def test_a_refusal_is_not_repeated_and_its_class_tells_it(self):
        refusals = [
            (problem(409, "payment_in_doubt", request_id="req_1"), hundi.PaymentInDoubtError),
            (problem(502, "provider_refused"), hundi.ApiError),
            (problem(422, "a_code_of_next_year", param="amount"), hundi.ApiError),
            ((307, "", {"Location": "http://127.0.0.1:1/"}), hundi.HundiError),
            ((404, "<html>another server</html>", {}), hundi.HundiError),
        ]
        for answer, kind in refusals:
            with self.subTest(answer), server(answer, ORDER) as (url, heard):
                with self.assertRaises(kind) as refused:
                    client(url).payments.create({"order_id": "ord_1"})
                self.assertEqual(len(heard), 1)
                if isinstance(answer[1], dict):
                    self.assertEqual(refused.exception.code, answer[1]["code"])

    def test_it_gives_up_and_says_under_which_key_it_can_be_repeated(self):
        with server(problem(503, "too_busy")) as (url, heard):
            with self.assertRaises(hundi.TooBusyError) as lost:
                client(url, retries=1).orders.create({"amount": 1, "currency": "INR"})
            self.assertEqual(lost.exception.idempotency_key, heard[0][2]["Idempotency-Key"])
            self.assertEqual(len(heard), 2)
        with self.assertRaises(hundi.ConnectionError) as lost:
            client("http://127.0.0.1:9", retries=0).orders.create({"amount": 1, "currency": "INR"})
        self.assertTrue(lost.exception.idempotency_key)

    def test_lists_go_on_from_page_to_page_in_either_direction(self):
        def page(ids, more):
            return 200, {"object": "list", "data": [{"id": i} for i in ids], "has_more": more, "next": None}, {}

        with server(page(["c", "b"], True), page(["a"], False)) as (url, heard):
            listed = client(url).orders.list({"limit": 2, "created[gte]": "2026-01-01T00:00:00Z"})
            self.assertEqual([one["id"] for one in listed], ["c", "b", "a"])
            self.assertTrue(heard[0][1].endswith("limit=2&created%5Bgte%5D=2026-01-01T00%3A00%3A00Z"))
            self.assertIn("starting_after=b", heard[1][1])
        with server(page(["c", "b"], True), page(["d"], False)) as (url, heard):
            listed = client(url).events.list({"ending_before": "a"})
            self.assertEqual([one["id"] for one in listed], ["b", "c", "d"])
            self.assertIn("ending_before=c", heard[1][1])
        with server(page([], False)) as (url, heard):
            client(url).orders.list({"expand[]": ["payments", "customer"], "metadata": {"table": "4 & 5"}, "status": None})
            wanted = "?expand%5B%5D=payments&expand%5B%5D=customer&metadata%5Btable%5D=4+%26+5"
            self.assertTrue(heard[0][1].endswith(wanted), heard[0][1])
        with server(page(["b", "a"], True)) as (url, heard):
            self.assertEqual(len(client(url).orders.list().data), 2)
            self.assertEqual(len(heard), 1)

    def test_the_secret_is_printed_nowhere(self):
        with server(problem(401, "wrong_credentials")) as (url, _):
            made = client(url)
            told = [repr(made), str(vars(made)), repr(made.orders), str(vars(made.orders._http))]
            try:
                made.orders.get("ord_1")
            except hundi.WrongCredentialsError as refused:
                told += [repr(refused), str(vars(refused)), "".join(traceback.format_exception(None, refused, None))]
            basic = base64.b64encode(KEY.encode()).decode()
            self.assertEqual(len(told), 7)
            for text in told:
                self.assertNotIn("hs_test_", text)
                self.assertNotIn(basic, text)
            with self.assertRaises(Exception):
                pickle.dumps(made)

    def test_an_address_that_would_carry_the_key_in_the_clear_is_refused(self):
        refused = ["http://pay.example", "ftp://pay.example", "https://u:p@pay.example", "https://pay.example/?x=1"]
        for address in refused:
            with self.subTest(address), self.assertRaises(hundi.HundiError):
                hundi.Hundi(KEY, address)
        for address in ["https://pay.example", "http://localhost:8080", "http://[::1]:8080/"]:
            hundi.Hundi(KEY, address)
        hundi.Hundi(KEY, "http://pay.internal", allow_http=True)
        for key in ["", "hk_test_a", "hk_test_a:", "a:b:c"]:
            with self.subTest(key), self.assertRaises(hundi.HundiError):
                hundi.Hundi(key)

    def test_every_class_is_an_api_error(self):
        for code, kind in hundi.generated.ERRORS.items():
            self.assertTrue(issubclass(kind, core.ApiError), code)


if __name__ == "__main__":
    unittest.main()
