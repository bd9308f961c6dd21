@ring1 @p0 @budget.60 @wording.json @wording.status-code
Feature: The jobs of a secure environment: one for each piece of work, and each told as it is

  It protects what a secure environment does for others: no piece of work is taken for another one, none is done twice, an ingestion that cannot
  be started now is not refused for ever, and the platform hears of every job what really became of it.

  The services' own code runs here, in this process, on a cluster that is written down: it makes no pods, and shows those of a table.

  @catches.redelivered-work-trained-twice
  Scenario: Each piece of work has a job of its own, however often it comes
    The names of jobs are cut where they are too long, and two long keys that begin alike are still two.
    Catches: a second attempt, or the second submission of a cycle, is taken for the first one, and never done.

    When this work comes to the jobs-manager of a secure environment:
      | experiment                                    | kind  | cycle | attempt | submission              |
      | heart                                         | train | 1     | 1       |                         |
      | heart                                         | train | 1     | 2       |                         |
      | heart                                         | train | 2     | 1       |                         |
      | heart                                         | train | 12    | 1       |                         |
      | Heart                                         | train | 1     | 1       |                         |
      | heart-of-a-patient-who-was-seen-in-the-summer | train | 1     | 1       |                         |
      | heart-of-a-patient-who-was-seen-in-the-winter | train | 1     | 1       |                         |
      | heart                                         | score | 1     |         | submission-of-the-day-1 |
      | heart                                         | score | 1     |         | submission-of-the-day-2 |
      | heart                                         | score | 2     |         | submission-of-the-day-1 |
      | lung                                          | score | 1     |         | submission-of-the-day-1 |
    Then each piece of work has one job, labelled after it, whose token opens that work alone for a week
    When all of it comes again
    Then each piece of work has one job, labelled after it, whose token opens that work alone for a week
    And the same work in another secure environment has jobs of other names

  @catches.stopped-work-taken-up
  Scenario: Of an experiment that has ended, what was submitted is still scored
    Catches: whoever stops a run loses the submissions that wait for their score, or pays for training that nobody wants.

    When this work comes to the jobs-manager of a secure environment:
      | experiment | kind  | cycle | attempt | submission |
      | ended      | train | 2     | 1       |            |
      | ended      | score | 1     |         | s-1        |
      | ended      | train | 1     | 2       |            |
    Then only what is to be scored has a job

  @catches.ingestion-key-ignored
  Scenario: An ingestion runs the image that was asked for, once a key, and a cluster that is away is no refusal
    Catches: a night's ingestion is given up since the cluster was restarted, runs twice, or runs with an image that nobody chose.

    Then ingestions that are asked for one after the other are answered so:
      | environment | key     | image             | answer     | job               |
      | first       | night-1 | the usual         | 201, new   | the usual         |
      | first       | night-1 | the usual         | 200, again | none              |
      | second      | night-1 | the usual         | 201, new   | the usual         |
      | first       | night-2 | the one asked for | 201, new   | the one asked for |
      | first       | night-2 | the usual         | 200, again | none              |
      | first       | Night-1 | the usual         | 201, new   | the usual         |
    And an ingestion that cannot be started now is told so, and starts when it is asked for again:
      | away         | answer                  |
      | the cluster  | 503 CLUSTER_UNAVAILABLE |
      | the platform | 503 BACKEND_UNAVAILABLE |
      | the login    | 503 BACKEND_REFUSED     |

  @catches.ingestion-sources-not-confined
  Scenario: Whatever an ingestion reads has to be on the shared volume
    Catches: the check is made for tables, and masks or texts are read from wherever somebody says.

    Then sources that are not on the shared volume are refused, of whichever kind:
      | dataset                        | source      |
      | tabular classification         | csv         |
      | tabular classification as JSON | json        |
      | image classification           | csv         |
      | image classification           | images      |
      | object detection               | annotations |
      | semantic segmentation          | masks       |
      | text classification            | texts       |
      | masked language modeling       | sequences   |

  @catches.failed-pod-not-reported
  Scenario: What becomes of each job is told once, as it is, and of nobody else's
    Catches: a second attempt is told as the first one, a submission whose job failed waits for ever, or an ingestion is taken for a training.

    When the pods-monitor looks at the cluster again and again, and sees:
      | look | environment | experiment | kind   | cycle | attempt | submission | phase     | exit code | the cluster says                 |
      | 1    | own         | heart      | train  | 1     | 1       |            | Pending   |           |                                  |
      | 1    | another     | heart      | train  | 1     | 1       |            | Running   |           |                                  |
      | 1    | own         | none       | ingest | 0     |         |            | Running   |           |                                  |
      | 2    | own         | heart      | train  | 1     | 1       |            | Pending   |           | its image cannot be had          |
      | 3    | own         | heart      | train  | 1     | 1       |            | Pending   |           | its image still cannot be had    |
      | 3    | own         | lung       | train  | 3     | 2       |            | Running   |           |                                  |
      | 4    | own         | heart      | train  | 1     | 1       |            | Running   |           |                                  |
      | 4    | own         | lung       | train  | 3     | 2       |            | Running   |           |                                  |
      | 5    | own         | none       | train  | 0     | 1       |            | away      |           |                                  |
      | 6    | own         | heart      | train  | 1     | 1       |            | Failed    | 137       | memory ran out                   |
      | 6    | own         | lung       | train  | 3     | 2       |            | Succeeded | 0         |                                  |
      | 7    | own         | heart      | train  | 1     | 1       |            | Failed    | 137       | memory ran out                   |
      | 7    | own         | heart      | train  | 1     | 2       |            | Running   |           |                                  |
      | 7    | own         | lung       | score  | 3     |         | s-1        | Running   |           |                                  |
      | 7    | own         | lung       | score  | 3     |         | s-2        | Running   |           |                                  |
      | 7    | own         | none       | ingest | 0     |         |            | Failed    | 1         |                                  |
      | 8    | own         | heart      | train  | 1     | 2       |            | Failed    | 71        |                                  |
      | 8    | own         | lung       | score  | 3     |         | s-1        | Failed    |           | its node is gone                 |
      | 8    | own         | lung       | score  | 3     |         | s-2        | Succeeded | 0         |                                  |
    Then it tells the platform this, in this order, and no more:
      | experiment | kind  | cycle | attempt | submission | phase     | exit code | reason                                                       |
      | heart      | train | 1     | 1       |            | Pending   |           |                                                              |
      | heart      | train | 1     | 1       |            | Pending   |           | its image cannot be had                                      |
      | lung       | train | 3     | 2       |            | Running   |           |                                                              |
      | heart      | train | 1     | 1       |            | Running   |           |                                                              |
      | heart      | train | 1     | 1       |            | Failed    | 137       | the pod was killed by SIGKILL, memory ran out (exit code 137) |
      | lung       | train | 3     | 2       |            | Succeeded | 0         |                                                              |
      | heart      | train | 1     | 2       |            | Running   |           |                                                              |
      | lung       | score | 3     | 1       | s-1        | Running   |           |                                                              |
      | lung       | score | 3     | 1       | s-2        | Running   |           |                                                              |
      | heart      | train | 1     | 2       |            | Failed    | 71        | the model needed more memory than its pod has (exit code 71) |
      | lung       | score | 3     | 1       | s-1        | Failed    |           | the pod failed: its node is gone                             |
      | lung       | score | 3     | 1       | s-2        | Succeeded | 0         |                                                              |

  @catches.unequal-limits-taken
  Scenario: What a training job may use is what it asks for, and is read as it is written
    Catches: a training is promised one GPU and given none, or is ended in the night since it was given less than it asked for.

    Then what training jobs ask for and may use is read like this:
      | requests              | limits                | GPUs             | asks for and may use                      |
      | cpu=500m,memory=1Gi   | cpu=500m,memory=1Gi   |                  | cpu=500m, memory=1Gi                      |
      | cpu=2, memory = 512Mi | memory=512Mi,cpu=2    |                  | cpu=2, memory=512Mi                       |
      | cpu=2,memory=8Gi      | cpu=2,memory=8Gi      | nvidia.com/gpu=1 | cpu=2, memory=8Gi, nvidia.com/gpu=1       |
      | cpu=1,memory=1Gi      | cpu=2,memory=1Gi      |                  | have to be equal                          |
      | cpu=1,memory=1Gi      | cpu=1                 |                  | have to be equal                          |
      | cpu                   | cpu                   |                  | are written like cpu=500m,memory=1Gi      |
      | cpu=1,memory=         | cpu=1,memory=         |                  | are written like cpu=500m,memory=1Gi      |
      | cpu=1,memory=1Gi      | cpu=1,memory=1Gi      | one              | are written like cpu=500m,memory=1Gi      |
