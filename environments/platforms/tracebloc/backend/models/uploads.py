"""Models on their way in and out: upload, check, fetch. Source: tracebloc SDK 1.2.63 (`check-model/`, fetching).

`check-model/` is three operations, told apart by the field `type`; linking and recalculating are in `linking.py`.
"""

import re
from pathlib import PurePosixPath
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile

from environments.platforms.tracebloc.backend.accounts.authentication import Person
from environments.platforms.tracebloc.backend.errors import Refusal, not_found
from environments.platforms.tracebloc.backend.models import linking, templates
from environments.platforms.tracebloc.backend.models.files import UnreadableModel, checks, header_of
from environments.platforms.tracebloc.backend.requests.context import Backend, Context, SentForm
from environments.platforms.tracebloc.backend.storage.tables import Account, ModelUpload, new_key
from environments.platforms.tracebloc.common.descriptions import also, form, refusals
from environments.platforms.tracebloc.common.descriptions import file as described_file
from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

router = APIRouter()

_MODEL_SUFFIXES = (".py", ".zip")
_WEIGHTS_SUFFIXES = (".safetensors", ".pkl")
_LARGEST_UPLOAD = 100 * 2**20
PATHS_WITH_FILES = dict.fromkeys(("/check-model/", "/check-model/checks/"), _LARGEST_UPLOAD)
_FILES = ("upload_file", "upload_weights", "upload_tokenizer")
_LINK = ("dataset_key", "file_type", "framework", "category", "classes", "match_point", "stored_model", "template")
_FORM = form("multipart/form-data", ("type",), ("model_name", "set_weights", *_LINK, "edges_involved", "data_per_class"), _FILES)
_FORM_OF_RUN_TAB = form("multipart/form-data", (), ("model_name",), _FILES)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 _.()\[\]+,=@~-]{0,63}")


@router.post("/check-model/", openapi_extra=_FORM, responses=also(202) | refusals(409, 429))
def check_model(form: SentForm, person: Person, context: Context) -> JSONResponse:
    """Upload a model, link it to a dataset, or recalculate how many rows each secure environment gives."""
    operation = form.get("type")
    if operation == "functional_test":
        return JSONResponse(
            _upload(form, person, context, fetchable=False), 200 if is_on(BackendSabotage.UPLOAD_ANSWERED_WITH_200) else 202
        )
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    if operation == "linking_dataset":
        if "template" in texts:
            texts["stored_model"] = _stored_template(texts["template"], person, context)
        return JSONResponse(linking.link(texts, person, context), 202)
    if operation == "recalculate_image_count_per_edge":
        return JSONResponse(linking.recalculate(texts, person, context))
    raise Refusal(400, "INVALID_REQUEST", "type: functional_test, linking_dataset or recalculate_image_count_per_edge is needed.")


@router.post("/check-model/checks/", openapi_extra=_FORM_OF_RUN_TAB, responses=refusals(429))
def check_in_run_tab(form: SentForm, person: Person, context: Context) -> dict[str, Any]:
    """Upload a model from the Run tab, which makes it fetchable by its name. Source: our choice, but for the path."""
    return {**_upload(form, person, context, fetchable=True), "checks": []}


@router.get("/check-model/uploads/{name}/{part}/", response_class=Response, responses=described_file())
def fetch(name: str, part: Literal["model", "weights", "tokenizer"], person: Person, context: Context) -> Response:
    """A file of the caller's own model checked in the Run tab, under the exact name the SDK insists on."""
    with context.database.read() as session:
        upload = linking.checked_model(session, name, person)
    if upload is None:
        raise not_found("model")
    files = {
        "model": (upload.file_key(), f"{name}{upload.file_type}"),
        "weights": (upload.weights_key(), f"{name}_weights{upload.weights_suffix}"),
        "tokenizer": (upload.tokenizer_key(), f"{name}_tokenizer.json"),
    }
    key, file_name = files[part]
    if key is None:
        raise not_found(part)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(context.store.get(key), media_type="application/octet-stream", headers=headers)


def is_safe_name(name: str) -> bool:
    """Whether a model can be stored and fetched under a name. Source: tracebloc SDK 1.2.63 (`is_safe_model_name`)."""
    return bool(_NAME.fullmatch(name)) and ".." not in name and not name.endswith((" ", "."))


def _upload(form: FormData, person: Account, context: Backend, *, fetchable: bool) -> dict[str, Any]:
    try:
        with checks.one(person.id):
            upload = _store(form, person, context, fetchable=fetchable)
    except UnreadableModel as error:
        return {"text": str(error), "check_status": False, "model_name": None}
    return {"text": "The model is stored.", "check_status": True, "model_name": upload.stored_name}


def _store(form: FormData, person: Account, context: Backend, *, fetchable: bool) -> ModelUpload:
    model, weights, tokenizer = (_file(form, part) for part in ("upload_file", "upload_weights", "upload_tokenizer"))
    if model is None:
        raise UnreadableModel("upload_file: the model file is missing.")
    path = PurePosixPath(model[0])
    name = str(form.get("model_name") or path.stem)
    if is_on(BackendSabotage.MODEL_NAMES_CUT_SHORT):
        name = name.partition(" ")[0]
    if path.suffix not in _MODEL_SUFFIXES or not is_safe_name(name):
        raise UnreadableModel(
            "The model must be a .py or .zip file, named with letters, digits, spaces and _ . - ( ) [ ] + , = @ ~, at most 64 of them and "
            "beginning with a letter, a digit or _."
        )
    weights_suffix = PurePosixPath(weights[0]).suffix if weights else None
    if weights_suffix not in (None, *_WEIGHTS_SUFFIXES):
        raise UnreadableModel(f"The weights must be one of {', '.join(_WEIGHTS_SUFFIXES)}.")
    upload = ModelUpload(
        owner_id=person.id,
        stored_name=f"{new_key()}_{name}",
        name=name,
        file_type=path.suffix,
        header=header_of(model[0], model[1]),
        weights_suffix=weights_suffix,
        has_tokenizer=tokenizer is not None,
        fetchable=fetchable,
    )
    # files first: a row never names a file that is not there
    if is_on(BackendSabotage.STORED_MODEL_DIFFERS_FROM_UPLOAD):
        model = (model[0], model[1].rstrip())
    for key, file in ((upload.file_key(), model), (upload.weights_key(), weights), (upload.tokenizer_key(), tokenizer)):
        if key is not None and file is not None:
            _keep_file(context, key, file[1])
    with context.database.write() as session:
        session.add(upload)
    return upload


def _keep_file(context: Backend, key: str, content: bytes) -> None:
    try:
        context.store.put(key, content)
    except Refusal:
        if not is_on(BackendSabotage.UPLOAD_TAKEN_WITHOUT_STORE):
            raise


def _stored_template(identity: str, person: Account, context: Backend) -> str:
    """The name under which the person's own copy of a zoo template is stored; it is made when it is linked first."""
    template = templates.template_of(identity)
    if template is None:
        raise Refusal(400, "LOAD_FAILED", f"Model File Load Failed: there is no template {identity}.")
    with context.database.write() as session:
        if linking.checked_model(session, identity, person) is None:
            content = template.file.read_bytes()
            copy = ModelUpload(
                owner_id=person.id,
                stored_name=f"{new_key()}_{template.file.stem}",
                # no upload can have this name, since it has slashes
                name=identity,
                file_type=template.file.suffix,
                header=header_of(template.file.name, content),
                fetchable=True,
            )
            context.store.put(copy.file_key(), content)
            session.add(copy)
    return identity


def _file(form: FormData, part: str) -> tuple[str, bytes] | None:
    sent = form.get(part)
    return (sent.filename or "", sent.file.read()) if isinstance(sent, UploadFile) else None
