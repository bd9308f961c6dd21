"""Named defects that can be switched on, one at a time, to prove that a scenario notices them.

A scenario says by its tag `@catches.<name>` which of them make it fail. What came later is listed by service in `backend_sabotages.py` and
`edge_sabotages.py`. Source: our choice.
"""

import os

from environments.platforms.tracebloc.backend_sabotages import BackendSabotage
from environments.platforms.tracebloc.defects import VARIABLE, Defect, is_on
from environments.platforms.tracebloc.edge_sabotages import EdgeSabotage

__all__ = ["ALL", "VARIABLE", "BackendSabotage", "Defect", "EdgeSabotage", "Sabotage", "is_on", "switch_on", "switched_on"]


class Sabotage(Defect):
    """Defects of every service."""

    WEIGHTS_AVERAGED_UNWEIGHTED = (
        "weights-averaged-unweighted",
        "every participant counts the same, however many rows it trained on",
        "a rewrite of the averaging drops the weighting, and small hospitals steer the model",
    )
    FIRST_PARTICIPANT_COUNTED_TWICE = (
        "first-participant-counted-twice",
        "the first participant's weights are averaged in twice",
        "a running mean is begun with the first weights and then meets them again, and one hospital has two votes",
    )
    INTEGER_BUFFERS_AVERAGED = (
        "integer-buffers-averaged",
        "counters and other whole numbers are averaged, and what is behind the point is cut off",
        "the counters of batch normalisation shrink with every cycle, and its running means forget ever faster",
    )
    MISSING_TENSORS_FILLED_WITH_ZEROS = (
        "missing-tensors-filled-with-zeros",
        "a tensor that a participant does not send counts as one of zeros",
        "one participant trains an older model, and a layer of everybody's model is pulled towards zero",
    )
    OTHER_SHAPES_BROADCAST = (
        "other-shapes-broadcast",
        "a tensor of another shape is stretched until it fits",
        "one participant's model has a single output, and its one bias is added to those of all classes",
    )
    UNREADABLE_WEIGHTS_TAKEN_FOR_EMPTY = (
        "unreadable-weights-taken-for-empty",
        "a file that is no safetensors counts as one that holds no tensor",
        "a broken transfer is told as a wrong model, and everybody looks for the mistake in the model",
    )
    MALFORMED_WEIGHTS_ACCEPTED = (
        "malformed-weights-accepted",
        "weights that hold NaN are averaged like any others",
        "one diverged training turns the model of all participants into NaN",
    )
    MODEL_NOT_TRAINED = (
        "model-not-trained",
        "a training goes through all its batches and never changes the model",
        "an optimizer is made for another copy of the parameters, and every experiment completes with a model that knows nothing",
    )
    UNTRAINED_WEIGHTS_HANDED_OVER = (
        "untrained-weights-handed-over",
        "a training measures the trained model and hands over the weights it began with",
        "weights are copied before the training instead of after it: good metrics, useless models",
    )
    EPOCHS_IGNORED = (
        "epochs-ignored",
        "a training ends after one epoch, whatever the plan says",
        "a loop is left too early after a clean-up, and long trainings are done suspiciously soon",
    )
    METRIC_OF_LAST_BATCH_ONLY = (
        "metric-of-last-batch-only",
        "a metric is measured on the last batch of rows instead of on all",
        "the metric object is made anew in each turn of the loop, and scores jump about by chance",
    )
    VALIDATION_ON_TRAINING_ROWS = (
        "validation-on-training-rows",
        "the validation rows are rows the model was trained on",
        "the split is taken from the wrong variable, and whoever learns by heart looks best",
    )
    TEST_ROWS_TRAINED_ON = (
        "test-rows-trained-on",
        "a training reads all rows of its table, also those of other ingestions and of the test data",
        "a query forgets what rows are meant for, and the leaderboard shows who was trained on the answers",
    )
    DAMAGED_PICTURES_TAKEN_FOR_BLACK = (
        "damaged-pictures-taken-for-black",
        "a picture that cannot be read counts as a black one, and the training goes on",
        "a disk fails slowly, and models are trained on ever more black pictures without a word",
    )
    CYCLE_DONE_WITHOUT_WEIGHTS = (
        "cycle-done-without-weights",
        "a cycle is done when its pods are, whatever becomes of their weights",
        "the experiment shows Completed while the averaging service is down",
    )
    LEADERBOARD_SORTED_THE_WRONG_WAY = (
        "leaderboard-sorted-the-wrong-way",
        "the worst score ranks first",
        "a score that is better when lower is added, and all others are sorted with it",
    )
    EXPIRED_POD_TOKEN_ACCEPTED = (
        "expired-pod-token-accepted",
        "a pod goes on for ever with a token that has expired",
        "an upgrade of the token library no longer checks the expiry by default",
    )
    FAILED_POD_NOT_REPORTED = (
        "failed-pod-not-reported",
        "a training pod that fails is never heard of again",
        "the monitor watches running pods only, and the experiment hangs for ever",
    )
    PLAN_FALLS_BACK_TO_DEFAULTS = (
        "plan-falls-back-to-defaults",
        "an experiment trains with the default plan, whatever its participant set",
        "a form field is renamed on one side only, and nobody notices that ten epochs became one",
    )
    NEXT_CYCLE_STARTS_FROM_SCRATCH = (
        "next-cycle-starts-from-scratch",
        "every cycle begins with the uploaded model, not with what the cycle before has averaged",
        "the key of the averaged weights is written but never read, and more cycles never make a better model",
    )
    START_REFUSED_BUT_EXPERIMENT_KEPT = (
        "start-refused-but-experiment-kept",
        "a start that was refused because the queue is away leaves an experiment behind, whose work goes out later",
        "people who try again train twice and pay twice",
    )
    WORK_LOST_WHEN_BUS_IS_AWAY = (
        "work-lost-when-bus-is-away",
        "work that could not be sent counts as sent",
        "after a Service Bus incident some experiments hang for ever, and nothing says which",
    )
    DUPLICATE_DELIVERY_COUNTED_TWICE = (
        "duplicate-delivery-counted-twice",
        "a cost that is delivered twice is charged twice",
        "at-least-once delivery is taken for exactly-once, and budgets run out too early",
    )
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
    REPORT_TAKEN_WHILE_BUS_IS_AWAY = (
        "report-taken-while-bus-is-away",
        "the requests-proxy says yes to a report that it could not pass on",
        "a catch-all turns every outage into success, and the trainings of that hour are never heard of again",
    )
    IMPATIENT_WITH_A_SLOW_STORE = (
        "impatient-with-a-slow-store",
        "an object store that does not answer within a fifth of a second counts as away",
        "timeouts are tuned next to the store, and over a long line no job can fetch its model",
    )
    UPLOAD_TAKEN_WITHOUT_STORE = (
        "upload-taken-without-store",
        "a model counts as uploaded although the object store did not take it",
        "an error of the storage is logged and swallowed, and the trainings of that model fail at night",
    )
    CONSUMER_ENDS_WITH_ITS_CONNECTION = (
        "consumer-ends-with-its-connection",
        "a service whose connection to the Service Bus broke never takes another message",
        "the thread that receives dies in silence, the service looks healthy, and results pile up until somebody restarts it",
    )
    REDELIVERED_WORK_TRAINED_TWICE = (
        "redelivered-work-trained-twice",
        "work that is delivered twice starts two training jobs",
        "jobs get random names, and a hospital trains and pays twice after every hiccup of the network",
    )
    BACKEND_OUTAGE_TAKEN_FOR_GO_AHEAD = (
        "backend-outage-taken-for-go-ahead",
        "a secure environment that cannot ask whether an experiment goes on takes that for yes",
        "an outage of the backend, and the trainings that were stopped meanwhile run for hours",
    )
    POD_REPORT_NOT_REPEATED = (
        "pod-report-not-repeated",
        "what became of a pod is told once, whether anybody hears it or not",
        "a line fails for a minute, and jobs that ended long ago are shown as running for ever",
    )
    HEARTBEAT_GIVEN_UP = (
        "heartbeat-given-up",
        "a secure environment that once could not be heard sends no further heartbeat",
        "a router is restarted, and every hospital behind it stays Offline until somebody drives there",
    )
    WORK_GONE_WHEN_DELIVERED = (
        "work-gone-when-delivered",
        "a message leaves its queue when it is delivered, not when it is done",
        "a service that is killed with work in hand takes the work with it",
    )
    WEIGHTS_TAKEN_UNSEEN = (
        "weights-taken-unseen",
        "the requests-proxy stores whatever a job hands in as weights",
        "a broken upload is found out when everybody else's training is over, and the round is lost",
    )
    ROUND_NEVER_CLOSES_WITHOUT_STRAGGLER = (
        "round-never-closes-without-straggler",
        "a cycle waits for every participant, however long",
        "one hospital's machine is switched off and everybody's training stands still",
    )
    STORE_OUTAGE_TAKEN_FOR_MISSING_WEIGHTS = (
        "store-outage-taken-for-missing-weights",
        "an object store that does not answer is taken for one that holds no weights yet",
        "a cycle whose last weights arrive during a storage incident is never averaged",
    )
    RESTART_STOPS_RUNNING_EXPERIMENTS = (
        "restart-stops-running-experiments",
        "a backend that starts takes experiments in progress for left-overs and stops them",
        "every deployment of the backend loses the trainings of the hour",
    )
    EXPIRED_LOGIN_NEVER_RENEWED = (
        "expired-login-never-renewed",
        "a secure environment goes on with a login that has expired",
        "after twelve hours every environment goes Offline until someone restarts it",
    )
    KILLED_POD_COUNTED_TWICE = (
        "killed-pod-counted-twice",
        "the epochs of a killed training pod stay beside those of its second attempt",
        "learning curves show epochs that nobody asked for, and costs are estimated from them",
    )
    FLOPS_NOT_RELAYED = (
        "flops-not-relayed",
        "what a training cost never reaches the team's budget",
        "a renamed queue swallows the cost, and teams train for free",
    )
    TEST_DATA_REGISTERED_FOR_TRAINING = (
        "test-data-registered-for-training",
        "every dataset is registered as one to train on",
        "a default swallows the intent, and teams train on the very rows they are scored on",
    )
    RECORDS_COUNTED_BY_LABEL = (
        "records-counted-by-label",
        "a dataset has as many records as its labels add up to",
        "an old rule comes back: images count once a box, and texts without labels not at all",
    )
    INGEST_REGISTERED_TWICE = (
        "ingest-registered-twice",
        "the same ingestion, told twice, makes two datasets",
        "an answer gets lost, the ingestor asks again, and the owner finds every row offered twice",
    )
    SECOND_INGEST_TAKEN_FOR_THE_FIRST = (
        "second-ingest-taken-for-the-first",
        "an ingestion into a table that the platform knows is taken for a repeat",
        "a guard against repeats goes by the table's name, and rows added later are never trained on",
    )
    INGEST_FAILURE_NOT_KEPT = (
        "ingest-failure-not-kept",
        "the platform forgets at once that an ingestion failed",
        "the report is acknowledged before it is written, and the owner waits for a dataset that never comes",
    )
    FAILED_INGESTION_LISTED = (
        "failed-ingestion-listed",
        "ingestions that failed are listed among the datasets",
        "a list is made of runs and not of datasets, and a use case is published on no rows at all",
    )
    UNLABELLED_DATASET_ACCEPTED = (
        "unlabelled-dataset-accepted",
        "a dataset to classify by is registered although it has no labels",
        "a mistyped label column goes unnoticed until every training on it fails",
    )
    DATASET_VISIBLE_TO_EVERYBODY = (
        "dataset-visible-to-everybody",
        "whoever is logged in sees all datasets",
        "a filter by owner is lost in a rewrite, and hospitals see each other's statistics",
    )
    INGESTION_KEY_IGNORED = (
        "ingestion-key-ignored",
        "asking twice for the same ingestion starts it twice",
        "a command line that timed out asks again, and two jobs load the same table",
    )
    INGESTION_OPEN_TO_EVERYBODY = (
        "ingestion-open-to-everybody",
        "anybody who reaches the jobs-manager may ingest",
        "the check of the token is switched off for a demonstration and stays off",
    )
    INGESTION_SOURCES_NOT_CONFINED = (
        "ingestion-sources-not-confined",
        "an ingestion may read any file that its pod can see",
        "a path is no longer checked, and a configuration file with secrets is ingested as a dataset",
    )
    INGESTION_SENT_TO_PRODUCTION = (
        "ingestion-sent-to-production",
        "ingestion pods are not told which environment of the platform they belong to",
        "a variable is renamed, the ingestor takes an unset one for production, and test data is registered there",
    )
    INVITATION_MAIL_LOST = (
        "invitation-mail-lost",
        "an invitation is kept, but its e-mail is never sent",
        "a changed mail template fails in the background, and invited people never hear of it",
    )
    UNVERIFIED_ACCOUNT_LOGS_IN = (
        "unverified-account-logs-in",
        "an account logs in before its e-mail address is verified",
        "the check goes with a new login page, and anybody signs up in somebody else's name",
    )
    INCOMPLETE_USE_CASE_PUBLISHED = (
        "incomplete-use-case-published",
        "a use case is published whatever is missing",
        "the wizard's last step no longer asks the server, and collaborators find a use case without data",
    )
    INVITATION_NOT_NEEDED = (
        "invitation-not-needed",
        "a private use case lets in whoever knows its key",
        "a rewritten permission looks at the domain only, and the key is in every invitation that was forwarded",
    )
    OTHER_DOMAIN_LET_IN = (
        "other-domain-let-in",
        "the domains of a use case are shown but not checked",
        "an invitation typed with the wrong address lets a competitor in",
    )
    LINK_WITHOUT_JOINING = (
        "link-without-joining",
        "a dataset's columns, classes and counts are shown to anybody who links a model to it",
        "the check moves to the start of training, and linking tells strangers what the data looks like",
    )
    EXPERIMENT_VISIBLE_TO_OTHER_TEAMS = (
        "experiment-visible-to-other-teams",
        "every team of a use case sees and stops the experiments of all",
        "a query filters by use case instead of team, and competitors read each other's metrics",
    )
    MODEL_FETCHED_BY_ANYBODY = (
        "model-fetched-by-anybody",
        "an uploaded model is handed to whoever asks for it by name",
        "files are looked up by name alone once an account is no part of the path any more",
    )
    BUDGET_NOT_CHECKED_BETWEEN_CYCLES = (
        "budget-not-checked-between-cycles",
        "a run goes on after its team's budget is used up",
        "the check stays in the start, and one long run spends without end",
    )
    START_ALLOWED_WITHOUT_BUDGET = (
        "start-allowed-without-budget",
        "a team without budget starts another experiment",
        "the check between cycles was thought to be enough, and every new run gets a cycle for free",
    )
    FLOPS_CHARGED_TO_EVERY_TEAM = (
        "flops-charged-to-every-team",
        "what one team's training costs is taken from every team of the use case",
        "an update without its team filter, and one team's run stops all the others",
    )
    STOPPED_EXPERIMENT_KEEPS_TRAINING = (
        "stopped-experiment-keeps-training",
        "a stopped experiment's training pods go on to their end",
        "stop changes the status only, and the owner's cluster and the budget are spent on nothing",
    )
    STOPPED_WORK_TAKEN_UP = (
        "stopped-work-taken-up",
        "work that is delivered again is begun although its experiment was stopped in the meantime",
        "a secure environment comes back after a failure and trains for hours what nobody wants any more",
    )
    HEARTBEAT_NEVER_EXPIRES = (
        "heartbeat-never-expires",
        "a secure environment that was Online once stays Online",
        "the age of the last heartbeat is no longer looked at, and work waits for a machine that was switched off",
    )
    LEADERBOARD_SHOWS_LATEST = (
        "leaderboard-shows-latest",
        "a team's latest submission ranks instead of its best",
        "a query for the newest row is used again, and trying out a worse model costs the rank",
    )
    SCORES_AVERAGED_UNWEIGHTED = (
        "scores-averaged-unweighted",
        "every secure environment's score counts the same, however many rows it was measured on",
        "a helper for plain means is used, and ten odd rows decide the ranking",
    )
    FAILED_SUBMISSION_STAYS_PENDING = (
        "failed-submission-stays-pending",
        "a submission whose scoring fails is never heard of again",
        "only scores are listened for, and the team waits for ever",
    )
    DAILY_LIMIT_PER_PERSON = (
        "daily-limit-per-person",
        "each member of a team has the day's submissions",
        "the limit counts by account, and large teams probe the test data",
    )
    INFERENCE_ONLY_NOT_LIMITED = (
        "inference-only-not-limited",
        "inference-only runs are taken without end",
        "a second way to submit is added without the limit of the first, and the test data is probed through it",
    )
    REFUSED_SUBMISSION_COUNTED = (
        "refused-submission-counted",
        "a refused submission uses up one of the day's",
        "the counter is raised before the checks, and a mistyped cycle costs a try",
    )
    MERGED_TEAM_FORGETS_SPENDING = (
        "merged-team-forgets-spending",
        "a merged team gets both budgets, but only one team's spending",
        "teams that have used up their budget merge with fresh ones, and FLOPs come from nowhere",
    )
    MERGE_NEEDS_NO_ACCEPTANCE = (
        "merge-needs-no-acceptance",
        "whoever asks for a merge can also accept it",
        "the check of who accepts is forgotten, and a team takes another one's budget",
    )
    MERGE_GIVES_NEW_SUBMISSIONS = (
        "merge-gives-new-submissions",
        "what the joining team submitted today stays with the team that is no more",
        "submissions are not moved, and merging makes room for more tries on the test data",
    )
    LOGIN_TELLS_WHO_HAS_AN_ACCOUNT = (
        "login-tells-who-has-an-account",
        "an unknown e-mail address is refused in other words than a wrong password",
        "a helpful message lets anybody find out which hospital's staff are customers",
    )
    EDGE_GETS_THE_ROOT_KEY = (
        "edge-gets-the-root-key",
        "a secure environment that logs in is given the key of the whole Service Bus",
        "one connection string is set for everybody, and whoever breaks into one hospital reads the results of all",
    )
    LOGGED_OUT_TOKEN_STILL_WORKS = (
        "logged-out-token-still-works",
        "logging out ends nothing on the platform",
        "tokens become stateless, and one that leaked from a shared notebook can no longer be revoked",
    )
    OLD_SDK_NOT_REFUSED = (
        "old-sdk-not-refused",
        "an SDK older than the platform supports is served all the same",
        "the version check is lost in a rewrite of the middleware, and old SDKs start experiments that fail at night",
    )
    UPLOAD_ANSWERED_WITH_200 = (
        "upload-answered-with-200",
        "a model upload is answered with 200 in place of 202",
        "an upload that became synchronous changes its status, and every released SDK calls it a failure",
    )
    STORED_MODEL_DIFFERS_FROM_UPLOAD = (
        "stored-model-differs-from-upload",
        "a model file is tidied up on its way into the store",
        "white space is stripped from text files, and checksums of models no longer agree with what was reviewed",
    )
    LINK_TAKES_ANY_SHAPE = (
        "link-takes-any-shape",
        "a model is linked however many classes and columns it has",
        "a number is compared with a text, which never differs in the eyes of the new check, and trainings fail at night",
    )
    LINK_ANSWER_LACKS_CLASS_NAMES = (
        "link-answer-lacks-class-names",
        "the answer to a link no longer holds class_names",
        "a key the web app stopped using is removed, and every released SDK dies with a bare KeyError",
    )
    CLASS_ORDER_BY_FREQUENCY = (
        "class-order-by-frequency",
        "the published order of the classes is by how often they occur",
        "the most frequent class is put first for display, and models learn the wrong names for their outputs",
    )
    CHOSEN_ROWS_IGNORED = (
        "chosen-rows-ignored",
        "a training uses all rows although some were chosen",
        "a size that cannot be applied is dropped in silence, and 11,983 rows are trained on and paid for where 300 were asked for",
    )
    STATUS_REASON_MISSING = (
        "status-reason-missing",
        "an experiment's status no longer tells a reason",
        "a serializer drops an empty field, and failed experiments end without a word",
    )
    SEED_RECORD_OUTDATED = (
        "seed-record-outdated",
        "size and checksum of pretrained weights are those of another file than the one that is downloaded",
        "the weights of a zoo template are replaced and their record is not, and nobody can fetch them",
    )
    TRAINING_JOB_RUNS_AS_ROOT = (
        "training-job-runs-as-root",
        "the job of a training may run as root",
        "a base image whose user is root comes in, and runAsNonRoot is dropped to make it start",
    )
    SERVICE_ACCOUNT_TOKEN_MOUNTED = (
        "service-account-token-mounted",
        "the pod of an uploaded model gets a token of the cluster",
        "a template is rewritten and falls back to the cluster's default, and models can talk to its API",
    )
    SHARED_FOLDER_MOUNTED_WRITABLE = (
        "shared-folder-mounted-writable",
        "an uploaded model can change every dataset of the secure environment",
        "somebody needs a place for a cache, and takes the shared volume",
    )
    SIGNING_SECRET_IN_TRAINING_POD = (
        "signing-secret-in-training-pod",
        "a training pod carries the secret that all pods' tokens are signed with",
        "the whole environment of the jobs-manager is handed on, and a model can sign itself any token",
    )
    UPLOADED_MODEL_READS_EVERY_FILE = (
        "uploaded-model-reads-every-file",
        "an uploaded model reads what the pod beside it can read: other datasets, other pods",
        "the confinement does not start on a new kernel, and nobody is told",
    )
    LABELS_HANDED_TO_THE_MODEL = (
        "labels-handed-to-the-model",
        "an uploaded model is asked with the right answers beside the questions",
        "rows are handed on whole for the sake of simplicity, and a model that looks them up leads the board",
    )
    FLOPS_TAKEN_ON_TRUST = (
        "flops-taken-on-trust",
        "a training costs what the uploaded model's process says it did",
        "the count is made where the model runs, and a model that says 0 trains for free",
    )
    MODEL_MAY_CONNECT = (
        "model-may-connect",
        "an uploaded model may make sockets",
        "a library that wants to log over a socket is let through, and so is whoever asks the node to start a program",
    )
    MODEL_CHANGES_OTHERS_FILES = (
        "model-changes-others-files",
        "an uploaded model sees which files there are, and changes their times and rights",
        "reading and writing are forbidden, and everybody forgets what else can be done with a file",
    )
    MODELS_MEMORY_FILES_NOT_COUNTED = (
        "models-memory-files-not-counted",
        "an uploaded model may make files in memory, which no limit counts",
        "a limit is set for the address space alone, and one model takes the memory of the whole machine",
    )
    MODELS_FOLDER_WITHOUT_LIMIT = (
        "models-folder-without-limit",
        "an uploaded model may fill the disk",
        "each file is limited and their number is not, and one model fills the owner's disk",
    )
    MODELS_THREADS_WITHOUT_LIMIT = (
        "models-threads-without-limit",
        "an uploaded model may start any number of threads",
        "processes are counted and threads are not, and one model stops the machine",
    )
    UNKNOWN_ENVIRONMENT_TAKEN_FOR_DEV = (
        "unknown-environment-taken-for-dev",
        "an installation under an environment name that is unset, unknown or production goes on as if it said dev",
        "a mistyped CLIENT_ENV falls through to a default, and data goes to the wrong platform",
    )
    DEVICE_CODE_USABLE_TWICE = (
        "device-code-usable-twice",
        "a device code that was exchanged for a token gives another one",
        "the code is kept for the audit, and whoever reads it in a log is logged in as the owner",
    )
    ADOPT_GIVES_OUT_THE_PASSWORD_AGAIN = (
        "adopt-gives-out-the-password-again",
        "registering on a cluster that is registered makes and shows a new password",
        "get-or-create forgets the get: running the installer again locks the running client out",
    )


ALL: tuple[Defect, ...] = (*Sabotage, *BackendSabotage, *EdgeSabotage)
"""Every defect there is."""


def switch_on(sabotage: Defect | None) -> None:
    """Switch a defect on (None: all off) in this process, for scenarios that call parts of the platform directly."""
    os.environ.pop(VARIABLE, None)
    if sabotage is not None:
        os.environ[VARIABLE] = sabotage


def switched_on() -> Defect | None:
    """The defect that is switched on in this process, if one is."""
    return next((known for known in ALL if is_on(known)), None)
