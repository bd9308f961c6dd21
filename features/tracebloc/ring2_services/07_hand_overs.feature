@ring2 @nightly @p0 @budget.60
Feature: What is handed over while the platform is away, or by whoever should not

  It protects what passes from one service to the next: it arrives once, however long the next one is away, and only from whom it should.

  @disturbs.backend @needs.faults.process @needs.faults.service-bus
  @catches.work-gone-when-delivered @catches.pod-report-not-repeated @catches.heartbeat-given-up
  Scenario: The platform is away when a training ends, and hears of all of it afterwards
    Epochs, cost, weights, the end of the job and the heartbeat are told while nobody listens.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 60 epochs and 1 cycle
    And its first epoch is reported
    When the backend is killed
    And the training job ends in the secure environment
    And the backend is started again
    Then the experiment is "Completed"
    And one training job ran in each secure environment and succeeded
    And cycle 1 shows all epochs and all rows once, and a cost that is the job's alone
    And the secure environment is heard from again
    And the secure environment shows Online

  @disturbs.object-store @needs.faults.process @catches.weights-handed-in-once
  Scenario: The object store is away when a training hands in its weights, and the job waits for it
    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 60 epochs and 1 cycle
    And its first epoch is reported
    When the object store is killed
    And the job tells what it cost, and cannot hand in its weights
    And the object store is started again
    Then the experiment is "Completed"
    And one training job ran in each secure environment and succeeded
    And cycle 1 shows all epochs and all rows once, and a cost that is the job's alone

  @disturbs.service-bus @needs.faults.service-bus @catches.report-taken-while-bus-is-away
  Scenario: The Service Bus is away when a job hands in its results, and the job is told to come back
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And the Service Bus is unreachable
    Then a job that reports what it cost is told that the queues are away
    And a job that hands in weights is told that the queues are away
    When the Service Bus is reachable again
    And the stub participants hand in their results
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    And the experiment shows what the stub participants spent, each counted once
    And the averaged weights equal the row-weighted mean of the trained weights

  @disturbs.backend @disturbs.service-bus @needs.faults.process @needs.faults.service-bus @catches.left-over-work-never-sent
  Scenario: The backend dies in the middle of sending its work, and sends it when it is back
    It has noted the work and has not heard that it was taken; ten seconds later it takes itself for gone, and sends it.

    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And the Service Bus says nothing
    When "the participant" starts an experiment, and the backend is killed before its work is sent
    And the Service Bus answers again
    And the backend is started again
    And the stub participants train cycle 1
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once
    And there is no more work for the stub participants

  @disturbs.backend @needs.faults.process @needs.faults.service-bus @catches.kept-work-forgotten-in-a-restart
  Scenario: The backend dies between noting its work and sending it, and sends it once when it is back
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1 epoch and 2 cycles
    When the stub participants begin cycle 1
    And the first stub participant's queue is away
    And the stub participants hand in their results
    Then cycle 1 is completed and the platform keeps the work of the first stub participant for later
    When the backend is killed
    And the first stub participant's queue is back
    And the backend is started again
    And the stub participants train cycle 2
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once
    And there is no more work for the stub participants

  @catches.forged-pod-token-accepted
  Scenario: Weights with a forged token are refused, and the job's own are taken
    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And another stub participant behind a requests-proxy with 50 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    Then weights for the job of the first stub participant are refused with a token that is:
      | token                          | words                                            |
      | signed with another secret     | the pod token's signature is not ours            |
      | altered to another environment | the pod token's signature is not ours            |
      | altered to last longer         | the pod token's signature is not ours            |
      | without its signature          | the pod token's signature is not ours            |
      | cut off in the middle          | the pod token's signature is not ours            |
      | made up                        | the pod token's signature is not ours            |
    And nothing of the first stub participant is in the object store
    When the stub participants hand in their results
    Then the experiment is "Completed"
    And the averaged weights equal the row-weighted mean of the trained weights

  @catches.jobs-kind-not-checked
  Scenario: A job says what it was made to say, and nothing that cannot be
    Catches: the token of one job opens what another one is for, or a number that nothing can have measured spoils everybody's.

    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    Then the job of the first stub participant is refused these reports:
      | report                    | words                                    |
      | a score                   | this pod was made to train, not to score |
      | asking for the estimator  | this pod was made to train, not to score |
      | epoch 0                   | epoch: Input should be greater than      |
      | a metric without a name   | metrics                                  |
      | a cost below nothing      | flops: Input should be greater than      |
      | emissions below nothing   | grams_co2e: Input should be greater than |
      | weights of no rows        | rows: Input should be greater than       |
      | weights without a tensor  | the weights hold no tensor               |
    And nothing of the first stub participant is in the object store
    When the stub participants hand in their results
    Then the experiment is "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
    When "the participant" submits cycle 1 for inference
    And the first stub participant begins to score it
    Then the job of the first stub participant finds no estimator
    And the job of the first stub participant is refused these reports:
      | report                    | words                                    |
      | weights                   | this pod was made to score, not to train |
      | epoch 1                   | this pod was made to score, not to train |
      | a score on no rows        | rows: Input should be greater than       |

  @catches.uploads-of-any-size-taken
  Scenario: A job hands in as much as it may and not a byte more, with what it cost, and is given its own when it scores
    Catches: one job fills the object store, a good one is refused, or each scores with somebody else's estimator.

    Given a stub participant behind a requests-proxy that takes 1048576 bytes of weights, with 100 rows to train and 20 rows to test
    And another stub participant behind a requests-proxy that takes 1048576 bytes of weights, with 50 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    Then the job of the first stub participant cannot hand in:
      | weights | estimator | words                  |
      | 1048577 | 10        | weights may have 1 MiB |
      | 1048576 | 1048577   | weights may have 1 MiB |
    And nothing of the first stub participant is in the object store
    When the stub participants hand in 1048576 bytes of weights and 1048576 of an estimator, with what both cost
    Then the experiment is "Completed"
    And the experiment shows what the stub participants spent, each counted once
    When "the participant" submits cycle 1 for inference
    And the stub participants begin to score it
    Then each of these jobs finds the estimator of its own environment, of 1048576 bytes

  @catches.own-estimator-alone-found
  Scenario Outline: An environment without an estimator scores with another's, whoever that is
    Catches: a test set in a hospital that trained nothing is never scored, or is scored with what is no estimator.

    Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
    And another stub participant behind a requests-proxy with 50 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "weak linear" for 1 epoch and 1 cycle
    When the stub participants begin cycle 1
    And only the one with the <which> Client ID hands in an estimator of 100 bytes with its weights
    Then the experiment is "Completed"
    When "the participant" submits cycle 1 for inference
    And the stub participants begin to score it
    Then each of these jobs finds that estimator

    Examples:
      | which   |
      | lowest  |
      | highest |
