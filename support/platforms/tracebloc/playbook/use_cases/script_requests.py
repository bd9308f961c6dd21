"""Requests as a script sends them that speaks to the platform without the SDK, whole or not. Source: our choice."""

from collections.abc import Mapping

from environments.network.direct_http import direct_client
from support.platforms.tracebloc.scene import Person, Scene


def answer(scene: Scene, person: Person, row: Mapping[str, str], named: Mapping[str, str]) -> str:
    """What the platform answers to a row with `request` and `sent`: status, code and words.

    What is sent is JSON where it begins as JSON does, else the fields of a form; what stands in capital letters is put in by its name.
    """
    sent = row["sent"]
    for name, value in named.items():
        sent = sent.replace(name.upper(), value)
    method, _, path = row["request"].partition(" ")
    kind = "application/json" if sent.startswith(("{", "[")) else "application/x-www-form-urlencoded"
    headers = {"Authorization": f"Bearer {person.backend.token}"} | ({"Content-Type": kind} if sent else {})
    with direct_client(scene.addresses.backend_url, timeout=30, headers=headers) as http:
        told = http.request(method, path, content=sent.encode())
    said = told.json()
    return f"{told.status_code} {said.get('code', '')} {said.get('message') or said.get('text') or said.get('detail')}"
