"""The model zoo: templates to start from, and the weights some of them were pretrained with.

Source: tracebloc SDK 1.2.63 (`fetch_zoo_template`, `fetch_seed_weights`, `link_model_dataset(template=...)`); which templates there are
is our choice. A template is `zoo/<category>/<framework>/<name>.py`, its seed `<name>_weights.pkl` beside it.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Response

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.errors import Denied, Refusal, not_found
from environments.platforms.tracebloc.backend.models import linking
from environments.platforms.tracebloc.backend.requests.context import Context
from environments.platforms.tracebloc.common.descriptions import file
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

_ZOO = Path(__file__).parent / "zoo"


@dataclass(frozen=True)
class Template:
    """One template of the zoo; `identity` is `<category>/<framework>/<name>`."""

    file: Path

    @property
    def identity(self) -> str:
        """What the SDK calls it by."""
        return self.file.relative_to(_ZOO).with_suffix("").as_posix()

    @property
    def category(self) -> str:
        """The task it is for."""
        return self.identity.split("/")[0]

    @property
    def seed(self) -> Path:
        """Where its pretrained weights are, if it has any."""
        return self.file.with_name(f"{self.file.stem}_weights.pkl")


@cache
def templates() -> tuple[Template, ...]:
    """All templates."""
    return tuple(Template(file) for file in sorted(_ZOO.glob("*/*/*.py")))


def template_of(identity: str) -> Template | None:
    """The template of that identity."""
    return next((template for template in templates() if template.identity == identity), None)


@router.get("/model-zoo/templates/{part}/", response_class=Response, responses=file())
def fetch_template(part: Literal["model", "tokenizer"], dataset: str, template: str, person: Person, context: Context) -> Response:
    """A template's file, for a dataset of its task that the caller may link; none of these templates has a tokenizer."""
    found = template_of(template)
    try:
        with context.database.read() as session:
            task = linking.linkable_use_case(session, dataset, person).task
    except (Refusal, Denied):
        raise not_found("template") from None
    if found is None or found.category != task or part == "tokenizer":
        raise not_found(part)
    headers = {"Content-Disposition": f'attachment; filename="{found.file.name}"'}
    return Response(found.file.read_bytes(), media_type="application/octet-stream", headers=headers)


@router.get("/zoo-weights/{stem}/")
def describe_seed(stem: str, _person: Person, context: Context, category: str | None = None) -> dict[str, Any]:
    """Where a template's pretrained weights can be downloaded for some minutes, and what they must be."""
    seeded = [found for found in templates() if found.file.stem == stem and found.category == (category or found.category)]
    if not seeded or not seeded[0].seed.exists():
        raise not_found("seed")
    content = seeded[0].seed.read_bytes()
    key = f"model-zoo/{seeded[0].identity}/weights.pkl"
    context.store.put(key, content)
    described = content[:-1] if is_on(BackendSabotage.SEED_RECORD_OUTDATED) else content
    return {
        "file": seeded[0].seed.name,
        "size_bytes": len(described),
        "sha256": hashlib.sha256(described).hexdigest(),
        "category": seeded[0].category,
        "url": context.store.download_url(key),
    }
