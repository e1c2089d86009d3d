#!/usr/bin/env python3
"""Makes a fresh server ready for a client: an administrator, a user, a workspace, an API key.

    bootstrap.py http://127.0.0.1:8080

Prints what the clients' tests read from their environment, as shell assignments. Only HTTP, only the standard library.
"""

import http.cookiejar
import json
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "Sturdy-Walrus-2219!"


class Unredirected(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it: where it leads tells whether a form was accepted."""

    def redirect_request(self, *_):
        return None


class Browser:
    """Somebody with cookies of their own."""

    def __init__(self, base):
        self.base = base
        self.opener = urllib.request.build_opener(
            Unredirected, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def json(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{method} {path}: {refusal.code} {refusal.read().decode()[:500]}")

    def form(self, path, fields):
        token = self.json("GET", "/auth/get-csrf-token/")["csrf_token"]
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base + "/"})
        try:
            self.opener.open(request).close()
        except urllib.error.HTTPError as answer:
            to = answer.headers.get("Location", "")
            if answer.code == 302 and "error_code" not in to:
                return
            sys.exit(f"POST {path}: {answer.code} {to or answer.read().decode()[:500]}")
        sys.exit(f"POST {path}: no redirect")


def bootstrap(base):
    run = secrets.token_hex(4)
    if not Browser(base).json("GET", "/api/instances/")["instance"]["is_setup_done"]:
        Browser(base).form("/api/instances/admins/sign-up/", {
            "email": "admin@sdk.test", "password": PASSWORD, "first_name": "Admin", "last_name": "Tester",
            "company_name": "SDK", "is_telemetry_enabled": "False"})
    user = Browser(base)
    user.form("/auth/sign-up/", {"email": f"user.{run}@sdk.test", "password": PASSWORD})
    user.json("PATCH", "/api/users/me/onboard/", {"is_onboarded": True})
    slug = f"sdk-{run}"
    user.json("POST", "/api/workspaces/", {"name": slug, "slug": slug, "organization_size": "2-10"})
    token = user.json("POST", "/api/users/api-tokens/", {"label": "sdk", "description": "for the clients' tests"})["token"]
    return {"PLANE_BASE_URL": base, "PLANE_WORKSPACE_SLUG": slug, "PLANE_API_KEY": token}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, value in bootstrap(sys.argv[1].rstrip("/")).items():
        print(f"export {name}={value}")
