"""The averaging service: consumes `averaging`, announces on `results`."""

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential
from tenacity.nap import sleep_using_event

from environments.platforms.tracebloc.averaging_service.rounds import Rounds
from environments.platforms.tracebloc.averaging_service.settings import Settings
from environments.platforms.tracebloc.averaging_service.store import WeightsStore
from environments.platforms.tracebloc.common import service
from environments.platforms.tracebloc.common.outages import Unavailable
from environments.platforms.tracebloc.messaging.messages import AVERAGING_QUEUE, RESULTS_QUEUE
from environments.platforms.tracebloc.messaging.queues import QueueConsumer, QueueSender
from environments.reference_services.settings import read_settings

SECONDS_TO_WAIT_FOR_OTHERS = 30


def main() -> None:
    """Run the service until it is told to stop."""
    log = service.begin("averaging-service")
    settings = read_settings(Settings)
    connection_string = settings.service_bus_connection_string.get_secret_value()
    store = WeightsStore(settings.object_store_url, settings.object_store_bucket)
    results = QueueSender(connection_string, RESULTS_QUEUE)
    waiting = Retrying(
        retry=retry_if_exception_type(Unavailable),
        stop=stop_after_delay(SECONDS_TO_WAIT_FOR_OTHERS),
        wait=wait_exponential(multiplier=0.1, max=1),
        sleep=sleep_using_event(service.stopping),
        reraise=True,
    )
    try:
        waiting(store.check)
        waiting(results.open)
    except Unavailable as error:
        log.error("cannot begin: %s", error)
        raise SystemExit(1) from None
    consumer = QueueConsumer(connection_string, AVERAGING_QUEUE, Rounds(store, results.send).handle)
    consumer.start()
    if not consumer.wait_until_receiving(SECONDS_TO_WAIT_FOR_OTHERS):
        log.error("cannot begin: queue %s cannot be received from", AVERAGING_QUEUE)
        raise SystemExit(1)
    service.ready()
    log.info("ready")
    service.stopping.wait()
    consumer.stop()
    results.close()
    log.info("ended")


if __name__ == "__main__":
    main()
