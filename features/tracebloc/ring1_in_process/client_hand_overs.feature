@ring1 @p0 @budget.60
Feature: What a secure environment tells the platform, it tells until it is heard

  It protects what happens in a secure environment from being lost at its border: whatever the platform answers, or does not, the end of a job
  is told again until it is taken, and nobody guesses what the platform has not said.

  The services' own code runs here, in this process; a gateway between it and the platform answers in the platform's place.

  Background:
    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 1 cycle by a script

  @catches.pod-report-not-repeated @catches.busy-platform-taken-for-a-refusal
  Scenario: The end of a job is told until the platform takes it, and what it refuses for good is told once
    Catches: a platform that is restarted or overloaded never hears how a job ended, or one wrong report holds up all that come after it.

    When the platform answers the next reports of jobs with "503, 429, 401, 401, nothing"
    And the pods-monitor reports that the job of cycle 1 failed with exit code 71
    Then it was told in vain 5 times, and then taken
    And "Ada" sees the job of cycle 1 as Failed: "the model needed more memory than its pod has (exit code 71)"
    And the first environment is asked to train cycle 1 a second time, as it was the first time
    When the platform answers the next reports of jobs with "400, 503"
    And the pods-monitor reports that the job of cycle 1 failed with exit code 1
    Then it was told in vain once, and given up

  @catches.backend-outage-taken-for-go-ahead
  Scenario: Whoever takes up work asks whether it is still wanted, and does not guess
    Catches: an outage of the platform, and what was stopped meanwhile trains for hours.

    Then the jobs-manager, asking whether the experiment is wanted, takes these answers so:
      | answer      | taken for      |
      | its own     | wanted         |
      | 404         | wanted         |
      | 503         | nobody can say |
      | 401         | nobody can say |
      | nothing     | nobody can say |
    When "Ada" stops the experiment
    Then the jobs-manager, asking whether the experiment is wanted, takes these answers so:
      | answer      | taken for      |
      | its own     | not wanted     |
      | 503         | nobody can say |

  @catches.ingestion-gets-an-old-login
  Scenario: Each ingestion is given a login that begins with it
    Catches: an ingestion of a large dataset ends in the middle, since the login that it was given was hours old.

    Then the jobs-manager gives each of 3 ingestions a login of its own

  @wording.status-code @catches.weights-handed-in-once
  Scenario: A training job asks again where that can help, and gives up at once where it cannot
    Catches: a requests-proxy that is restarted costs the hours of a training, or a job whose token has ended asks for ever.

    Then a training job that asks for its work takes these answers so:
      | answers                    | taken for                                             |
      | 200                        | asked 1 times, then: its work                         |
      | nothing, 200               | asked 2 times, then: its work                         |
      | 503, nothing, 503, 200     | asked 4 times, then: its work                         |
      | 401, 200                   | asked 1 times, then: the pod token was refused: not now |
      | 404, 200                   | asked 1 times, then: HTTP 404: not now                |
      | 500, 200                   | asked 1 times, then: HTTP 500: not now                |

  @catches.heartbeat-tells-the-usual-interval @catches.processor-use-as-a-fraction
  Scenario: A heartbeat tells of the machine, and when the next one is due
    Catches: a machine that is switched off shows Online for minutes, or the owner plans with another machine's memory.

    When the resource-monitor is heard from, and says that it will be again in 0.05 seconds
    Then the secure environment shows Offline
    And the owner sees the processors and the memory of the machine
    When the resource-monitor is heard from, and says that it will be again in 30 seconds
    Then the secure environment shows Online
    When the resource-monitor is heard from after one of the processors was busy for 0.5 seconds
    Then the owner sees that at least one of the processors was busy

  @catches.scoring-stopped-with-training
  Scenario: The training jobs of an experiment that is stopped end, whether or not they have begun, and no others
    Catches: a job that waits for a node begins hours after its experiment was stopped, or a submission is lost with the training.

    Then the jobs-manager, told to stop the experiment, ends these jobs:
      | job of         | kind  | phase     | ended |
      | the experiment | train | Running   | yes   |
      | the experiment | train | Pending   | yes   |
      | the experiment | train | Succeeded | no    |
      | the experiment | train | Failed    | no    |
      | the experiment | score | Running   | no    |
      | another one    | train | Running   | no    |
