"""Named defects of how every service deals with its queues. Source: our choice."""

from environments.reference_services.defects import Defect


class QueueSabotage(Defect):
    """See `Defect`."""

    POISON_MESSAGE_GIVEN_BACK = (
        "poison-message-given-back",
        "a message that can never be handled goes back to its queue and comes again until the bus gives it up",
        "one garbled message keeps a service busy, and why it was given up is never told",
    )
    IMPATIENT_WITH_A_SLOW_BUS = (
        "impatient-with-a-slow-bus",
        "a message that is not taken in within a tenth of a second counts as not sent",
        "timeouts are tuned on a quiet day, and under load every start is refused and trained all the same",
    )
    CONSUMER_ENDS_WITH_ITS_CONNECTION = (
        "consumer-ends-with-its-connection",
        "a service whose connection to the Service Bus broke never takes another message",
        "the thread that receives dies in silence, the service looks healthy, and results pile up until somebody restarts it",
    )
    WORK_GONE_WHEN_DELIVERED = (
        "work-gone-when-delivered",
        "a message leaves its queue when it is delivered, not when it is done",
        "a service that is killed with work in hand takes the work with it",
    )
    BROKEN_HANDLING_TAKEN_FOR_DONE = (
        "broken-handling-taken-for-done",
        "a message whose handling breaks in an unexpected way counts as handled",
        "a catch-all settles every message, and each slip in the code loses the work that met it",
    )
    LATE_MESSAGE_TAKEN_FOR_DONE = (
        "late-message-taken-for-done",
        "a message that comes while a service is stopped counts as handled",
        "whatever is in hand is settled the same way at the end, and each update of a service loses a message",
    )
