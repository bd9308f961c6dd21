"""The backend's HTTP application, put together."""

from functools import partial

from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from environments.platforms.tracebloc.backend import clock, removal
from environments.platforms.tracebloc.backend.accounts import authentication, device_sign_in, sign_up
from environments.platforms.tracebloc.backend.data import datasets, secure_environments
from environments.platforms.tracebloc.backend.experiments import control, pods, submissions
from environments.platforms.tracebloc.backend.models import linking, templates, uploads
from environments.platforms.tracebloc.backend.requests import error_answers
from environments.platforms.tracebloc.backend.requests.context import Backend
from environments.platforms.tracebloc.backend.requests.middleware import RequestLog, SdkVersion
from environments.platforms.tracebloc.backend.settings import Settings
from environments.platforms.tracebloc.backend.storage.database import Database
from environments.platforms.tracebloc.backend.storage.dispatch import Dispatch
from environments.platforms.tracebloc.backend.storage.edge_queues import EdgeQueues
from environments.platforms.tracebloc.backend.storage.mail import Mail
from environments.platforms.tracebloc.backend.storage.object_store import ObjectStore
from environments.platforms.tracebloc.backend.use_cases import cases, leaving, merging, teams
from environments.platforms.tracebloc.common.bodies import Bodies
from environments.platforms.tracebloc.common.descriptions import describe
from environments.reference_services.server_timing import ServerTiming

_TOPICS = (
    sign_up,
    authentication,
    removal,
    device_sign_in,
    # before the secure environments, whose paths end in a number
    pods,
    secure_environments,
    datasets,
    cases,
    teams,
    merging,
    leaving,
    uploads,
    templates,
    linking,
    control,
    submissions,
)


def create_backend(settings: Settings) -> Backend:
    """The parts of a backend; nothing is connected to yet."""
    database = Database(settings.database_url.get_secret_value())
    service_bus = settings.service_bus_connection_string.get_secret_value()
    return Backend(
        settings=settings,
        database=database,
        mail=Mail(settings.mail_folder),
        store=ObjectStore(settings.object_store_url, settings.object_store_bucket),
        dispatch=Dispatch(database, service_bus),
        edge_queues=EdgeQueues(service_bus),
    )


def create_app(backend: Backend) -> FastAPI:
    """The application over a backend."""
    application = FastAPI(title="Ringmaster reference backend", docs_url=None, redoc_url=None, redirect_slashes=False)
    application.state.backend = backend
    error_answers.install(application)
    for kind in (NoResultFound, IntegrityError, StaleDataError):
        application.add_exception_handler(kind, authentication.refuse_whoever_is_gone)
    describe(application, 426)
    for topic in _TOPICS:
        application.include_router(topic.router)
    application.add_api_route("/healthz", _healthy)
    application.add_middleware(Bodies, known=partial(authentication.is_known, backend), with_files=uploads.PATHS_WITH_FILES)
    if backend.settings.minimum_sdk_version is not None:
        application.add_middleware(SdkVersion, minimum=backend.settings.minimum_sdk_version)
    if (key := backend.settings.clock_key) is not None:
        application.add_middleware(clock.MovableClock, key=key.get_secret_value())
    application.add_middleware(ServerTiming)
    # added last, it sees every answer
    application.add_middleware(RequestLog)
    return application


async def _healthy() -> dict[str, str]:
    return {"status": "ok"}
