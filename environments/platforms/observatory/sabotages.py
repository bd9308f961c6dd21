"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. Source: our choice.
"""

from environments.reference_services.defects import Defect


class Sabotage(Defect):
    """Those of the services that pass jobs on; see `web_terminal_sabotages` for the others."""

    # the gateway
    ACCEPTED_JOB_NOT_HANDED_ON = (
        "accepted-job-not-handed-on",
        "the gateway accepts a job and does not hand it to the broker",
        "a refactoring no longer waits for the broker's answer, and accepted jobs are gone",
    )
    ACCEPTED_AS_CREATED = (
        "accepted-as-created",
        "the gateway answers 201 where the contract says 202",
        "an old table of the documentation is believed, and clients take a job for done that is only accepted",
    )
    ANSWER_NAMES_ANOTHER_JOB = (
        "answer-names-another-job",
        "the gateway's answer carries an id of its own in place of the job's",
        "ids are made by the gateway from one release on, and whoever follows a job follows nothing",
    )
    SUBMISSIONS_NOT_COUNTED = (
        "submissions-not-counted",
        "the gateway never counts what is submitted",
        "the counter is registered and never used, and its help text alone makes every check of it pass",
    )
    ACCEPTED_JOBS_NOT_COUNTED = (
        "accepted-jobs-not-counted",
        "the gateway does not count the jobs that the broker has",
        "the alert for jobs that are submitted and not accepted fires all day, and is switched off",
    )
    ANSWER_NAMES_ANOTHER_EVENT = (
        "answer-names-another-event",
        "the gateway's answer names an event that there is not",
        "the id is made once for the answer and once for the event, and nobody finds what became of a submission",
    )
    DEAD_LETTER_OF_NOBODY = (
        "dead-letter-of-nobody",
        "a dead letter forgets whose message it was",
        "letters can be counted, and nobody can tell the team whose jobs they were",
    )
    SUBMISSIONS_COUNTED_TWICE = (
        "submissions-counted-twice",
        "the gateway counts each submission twice",
        "a middleware counts beside the handler, and the dashboards show twice the load",
    )
    REQUIRED_FIELDS_UNCHECKED = (
        "required-fields-unchecked",
        "the gateway does not hold jobs to the contract",
        "the schema is loaded from an empty folder, and everything is allowed",
    )
    FORMATS_UNCHECKED = (
        "formats-unchecked",
        "the gateway checks fields and ignores what they have to look like",
        "the plugin for formats is forgotten in an upgrade of the validator, and ids are no longer ids",
    )
    FIRST_PROBLEM_ONLY = (
        "first-problem-only",
        "the gateway tells the first thing that is wrong with a job",
        "whoever mends a job submits it five times to learn five mistakes",
    )
    STATUS_UNCHECKED = (
        "status-unchecked",
        "the gateway accepts jobs that claim to be done",
        "a client sends back a job that it has read, and a finished job is begun anew",
    )
    ERRORS_AS_WEB_PAGES = (
        "errors-as-web-pages",
        "the gateway answers what is no JSON with the framework's page",
        "the page shows paths of files and the trace, and clients that read JSON break",
    )
    UNKNOWN_FIELDS_DROPPED = (
        "unknown-fields-dropped",
        "the gateway hands on only the fields that it knows",
        "a new field of a new client is gone, and nobody learns of it",
    )
    CORRELATION_ID_RENEWED = (
        "correlation-id-renewed",
        "the gateway puts a new correlation id into the event",
        "the trace of a request ends at the gateway",
    )
    CORRELATION_ID_NOT_RETURNED = (
        "correlation-id-not-returned",
        "the gateway returns no correlation id",
        "support cannot find the request that a customer complains about",
    )
    ODD_CORRELATION_ID_BREAKS = (
        "odd-correlation-id-breaks",
        "the gateway breaks on a correlation id that is no UUID",
        "a proxy in front begins to send ids of its own, and every submission fails",
    )
    METRICS_WITHOUT_SERVICE = (
        "metrics-without-service",
        "the gateway's counters do not name their service",
        "the alerts of all services look the same",
    )
    HEALTH_WITHOUT_VERSION = (
        "health-without-version",
        "the services tell no version with their health",
        "nobody sees that a rollout got stuck half-way",
    )
    PROXY_HIDES_OUTAGE = (
        "proxy-hides-outage",
        "the gateway answers an empty list where nobody answers it",
        "the alert manager is down, and the page shows that there are no alerts",
    )
    BROKER_AWAY_UNNOTICED = (
        "broker-away-unnoticed",
        "the gateway says that it is healthy while the broker is away",
        "the load balancer keeps sending jobs to a gateway that can take none",
    )
    TAKEN_IN_WHILE_BROKER_IS_AWAY = (
        "taken-in-while-broker-is-away",
        "the gateway accepts jobs while the broker is away",
        "accepted jobs wait in memory, and are gone with the next restart",
    )
    # the processor
    COMPLETION_NOT_TOLD = (
        "completion-not-told",
        "the processor does a job and tells nobody",
        "the event is published to an exchange that nobody bound",
    )
    JOB_KEPT_WITHOUT_PAYLOAD = (
        "job-kept-without-payload",
        "the processor keeps jobs without their payload",
        "a renamed field is read as an empty one, and what the job was about is gone",
    )
    COMPLETION_KEEPS_THE_EVENT_ID = (
        "completion-keeps-the-event-id",
        "the event of the completion has the id of the submission",
        "whoever knows events by their ids takes the completion for a duplicate",
    )
    COMPLETED_EVENT_SAYS_PENDING = (
        "completed-event-says-pending",
        "the job in the event of its completion is still pending",
        "whoever reads the event and not the store waits for ever",
    )
    DUPLICATES_DONE_TWICE = (
        "duplicates-done-twice",
        "the processor does a job again each time it is told of it",
        "the broker delivers twice after a lost connection, and a customer is charged twice",
    )
    DEAD_LETTER_WITHOUT_VERSION = (
        "dead-letter-without-version",
        "a dead letter does not tell which version rejected it",
        "after a rollout nobody knows which letters can be sent again",
    )
    INVALID_EVENT_WORKED_ON = (
        "invalid-event-worked-on",
        "the processor does not hold events to the contract",
        "one producer of another team writes what it likes, and the store fills with it",
    )
    UNPARSEABLE_DROPPED = (
        "unparseable-dropped",
        "the processor drops what it cannot read",
        "a broken producer loses messages, and nobody learns of it",
    )
    POISON_BLOCKS = (
        "poison-blocks",
        "the processor gives back to the broker what it cannot work on",
        "one message is delivered thousands of times a second, and no job is done any more",
    )
    ACKNOWLEDGED_BEFORE_DONE = (
        "acknowledged-before-done",
        "the processor acknowledges jobs before it does them",
        "a node is drained, and the jobs in hand are gone",
    )
    PROCESSOR_DOES_NOT_COUNT = (
        "processor-does-not-count",
        "the processor never counts",
        "the alert on stuck processing can never fire",
    )
    JOB_LOST_WHILE_STORE_IS_AWAY = (
        "job-lost-while-store-is-away",
        "the processor drops a job when the store is away",
        "the store is upgraded on a Sunday, and the jobs of an hour are gone",
    )
    # the metrics engine
    EVENT_NOT_COUNTED = (
        "event-not-counted",
        "the metrics engine keeps events and does not count them",
        "the counters stand still, and the dashboards say that nothing happens",
    )
    FAILED_COUNTED_AS_COMPLETED = (
        "failed-counted-as-completed",
        "the metrics engine counts failed jobs as completed ones",
        "everything fails and the dashboard is green",
    )
    DUPLICATE_EVENT_COUNTED_TWICE = (
        "duplicate-event-counted-twice",
        "the metrics engine counts an event each time it is told",
        "after a lost connection there are more completed jobs than jobs",
    )
    TIME_OF_LAST_EVENT_FORGOTTEN = (
        "time-of-last-event-forgotten",
        "the metrics engine does not keep when it last heard of a job",
        "the page says that nothing has happened since the last rollout",
    )
    EVENTS_WITHOUT_ENVELOPE = (
        "events-without-envelope",
        "the metrics engine keeps the job of an event and not its envelope",
        "nobody can tell who did what when",
    )
    EVENT_LOST_WHILE_EVENT_STORE_IS_AWAY = (
        "event-lost-while-event-store-is-away",
        "the metrics engine drops events while the event store is away",
        "the history has a hole where it is needed most",
    )
    EVENT_LOST_WHILE_CACHE_IS_AWAY = (
        "event-lost-while-cache-is-away",
        "the metrics engine does not count while the cache is away",
        "the counters are wrong for ever after an outage of a second",
    )
    POISON_BLOCKS_THE_METRICS_ENGINE = (
        "poison-blocks-the-metrics-engine",
        "the metrics engine gives back to the broker what it cannot read",
        "one message is delivered thousands of times a second, and nothing is counted any more",
    )
    WAITING_EVENTS_PURGED_AT_START = (
        "waiting-events-purged-at-start",
        "the processor and the metrics engine empty their queues when they start",
        "somebody wanted a clean start on a laptop, and each rollout loses events",
    )
    # the read model
    EVENTS_OF_EVERY_JOB = (
        "events-of-every-job",
        "the read model shows everybody's events, whatever job is asked for",
        "a page about one job tells of others",
    )
    RECENT_JOBS_OLDEST_FIRST = (
        "recent-jobs-oldest-first",
        "the read model shows the oldest jobs",
        "the page never changes again once there are ten jobs",
    )
    RECENT_JOBS_UNLIMITED = (
        "recent-jobs-unlimited",
        "the read model shows all jobs there ever were",
        "after a year the page takes a minute and the store stands still",
    )
    OLDEST_EVENTS_SHOWN = (
        "oldest-events-shown",
        "the read model shows the oldest events of a job",
        "what happened last is not to be seen",
    )
    EVENTS_UNLIMITED = (
        "events-unlimited",
        "the read model shows all events there ever were",
        "after a year the page takes a minute and the event store stands still",
    )
    EMPTY_IS_NULL = (
        "empty-is-null",
        "the read model says null where there is nothing",
        "the page breaks on a new installation",
    )
    HEALTH_HANGS_WITH_THE_EVENT_STORE = (
        "health-hangs-with-the-event-store",
        "the read model is not healthy while the event store is away",
        "the cluster restarts all read models because a store is slow",
    )
    ZEROS_WHILE_CACHE_IS_AWAY = (
        "zeros-while-cache-is-away",
        "the read model says that there are no jobs while the cache is away",
        "an outage is taken for a loss of all data",
    )
    READ_MODEL_ALWAYS_READY = (
        "read-model-always-ready",
        "the read model says that it can do its work, whatever of it is away",
        "the load balancer sends people to a read model that can answer none of them",
    )
    READ_MODEL_COUNTS_NOTHING = (
        "read-model-counts-nothing",
        "the read model never counts what it answers",
        "nobody sees that it is asked no more",
    )
    PAGES_OF_OTHERS_SHUT_OUT = (
        "pages-of-others-shut-out",
        "the read model is closed to pages of other hosts",
        "the dashboard of another host stays empty, and only its console says why",
    )
