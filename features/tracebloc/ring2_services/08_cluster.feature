@ring2 @nightly @p0 @budget.180 @needs.cluster
Feature: What a cluster does to training pods

  It protects owners, whose cluster moves, ends and refuses pods for reasons of its own: the platform says in words what the cluster knows, and
  trains again what was lost through nobody's fault. And it protects what only a network policy can hold: a model reaches nobody but its doors.

  @catches.pods-reason-not-told
  Scenario: A training pod that is evicted is reported, and its cycle trained again
    Catches: a node is drained in the night, and in the morning nobody knows what became of the experiment.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 40 epochs and 1 cycle
    When the cluster evicts the training pod while it runs
    Then the owner reads of the training job: "it was deleted or evicted while it ran"
    And the experiment is "Completed"

  @needs.spare-node @catches.pods-reason-not-told
  Scenario: A training pod whose node is lost is reported, and its cycle trained again on another node
    Catches: a machine freezes in the night, its experiments wait for it for ever, and nobody is told.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 40 epochs and 1 cycle
    When the node of the training pod is lost while it runs
    Then the owner reads of the training job: "its node no longer answers"
    And the experiment is "Completed"
    And every cycle shows each epoch and all rows of each environment once

  @catches.pods-reason-not-told
  Scenario: A training job without an image says so while it waits
    Catches: an image is removed from a registry, and experiments wait for ever without a word.

    Given a secure environment without the image of its training jobs is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    Then the owner reads of the training job: "its image cannot be pulled"

  @catches.pods-reason-not-told
  Scenario: A training job that a full quota lets have no pod waits, says so, and runs when there is room
    Catches: a team fills the quota that a hospital shares, and experiments are given up or wait for ever without a word.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And the quota of the secure environment is full
    When "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    Then the owner reads of the training job: "the cluster refuses its pod"
    When the cluster is whole again
    Then the experiment is "Completed"

  @catches.pods-reason-not-told
  Scenario: A training pod that runs for too long is ended, and the reason is told
    Catches: a model that never ends keeps a hospital's only machine busy over the weekend.

    Given a secure environment whose training pods may run for 6 seconds is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" has started the "two layer CNN" for 1000 epochs and 1 cycle
    Then the owner reads of the training job: "it ran longer than it may (DeadlineExceeded)"
    And the experiment is "Failed"

  @catches.pods-reason-not-told
  Scenario: A training pod that takes more memory than it may is ended, and the reason is told
    Catches: a large model takes the memory of a machine that a hospital shares, or its team sees no more than a number.

    Given a secure environment whose training jobs may use "cpu=1,memory=96Mi" is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    Then the owner reads of the training job: "it took more memory than it may use (OOMKilled)"
    And the experiment is "Failed"

  @needs.network-policy @catches.heartbeat-given-up
  Scenario: A secure environment that a network policy cuts off is Offline, and Online when it is not
    Catches: a policy for another program matches the monitor, and nobody sees that the environment is dark.

    Given a secure environment is Online
    When a network policy cuts the resource-monitor off
    Then the secure environment shows Offline
    When the cluster is whole again
    Then the secure environment shows Online

  @needs.network-policy @catches.training-policy-open @catches.training-job-on-the-network-of-its-node
  Scenario: A training pod gets to its doors, and neither to the cluster nor to another secure environment
    Catches: a rule for one customer's proxy lets every uploaded model out into the network.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And another secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" has started the "two layer CNN" for 1000 epochs and 1 cycle
    Then a training pod that runs reaches these:
      | what               |
      | its requests-proxy |
      | its database       |
    And it reaches none of these:
      | what                                               |
      | its jobs-manager                                   |
      | the backend                                        |
      | the control plane                                  |
      | the metadata address                               |
      | the requests-proxy of the other secure environment |
      | the jobs-manager of the other secure environment   |
