@ring1 @p0
Feature: Backend flow: cycles that are paused, fail, or go on without somebody

  It protects the run of an experiment when it does not run smoothly: what is paused waits, what fails is tried once more and no oftener, and
  what comes of the second attempt counts as if there had been no first.

  The rule of a round is told in ring 2 (participants that misbehave); here it is held for an odd number of environments.
  The secure environments are stub participants, which say what was measured, and what went wrong.

  @budget.60 @catches.paused-run-goes-on @catches.resumed-run-never-ends
  Scenario: An experiment that is paused in the middle of a cycle ends that cycle, waits, and goes on when it is resumed
    Catches: pause changes the status only, and the budget is spent over the weekend; the cycle that was under way is lost; or a run that is
    resumed after its last cycle never ends.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When "Ada" pauses the experiment
    And "Ada" resumes the experiment
    Then the experiment is "Pending"
    When "Ada" pauses the experiment
    Then "Ada" cannot pause it again: "An experiment that is Paused cannot be paused."
    When the stub participant trains cycle 1 of "Ada", which costs 0.25 PetaFLOPs
    Then cycle 1 is the last one begun, and is completed
    And the experiment is "Paused"
    When "Ada" resumes the experiment
    Then "Ada" cannot resume it again: "An experiment that is Running cannot be resumed."
    When "Ada" pauses the experiment
    And the stub participant trains cycle 2 of "Ada", which costs 0.25 PetaFLOPs
    Then cycle 2 is the last one begun, and is completed
    And the experiment is "Paused"
    When "Ada" resumes the experiment
    Then the experiment is "Completed"
    And the team of "Ada" has a budget of 1 PetaFLOPs, of which 0.5 are spent
    And "Ada" can neither pause nor resume nor stop it: it is "Completed"

  @budget.60 @catches.failing-training-tried-once-more
  Scenario: A training that keeps failing is tried exactly twice, and says whose machine it was
    Catches: a model that cannot work is tried for ever, or a machine that stumbles once costs everybody the experiment.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 40 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When the training of cycle 1 fails in the second environment, with exit code 1
    Then the second environment is asked to train cycle 1 a second time, as it was the first time
    When the training of cycle 1 fails in the second environment, with exit code 7
    Then the experiment is "Failed"
    And the reason names the second environment and says "(exit code 7) in the last of 2 attempts"
    And nobody else is asked again, and nobody a third time
    And every environment is asked to stop

  @budget.60 @catches.replacement-starts-from-scratch
  Scenario: A second attempt begins where the first one began, and counts once
    Catches: one environment falls back to the untrained model after a crash, and drags everybody's average down.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 80 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When the first environment tells an epoch of cycle 1 with an accuracy of 0.3
    Then the experiment is "Running"
    When the stub participants train cycle 1 of "Ada" to accuracies of 0.5 and 0.7
    And the first environment tells an epoch of cycle 2 with an accuracy of 0.1
    And the training of cycle 2 fails in the first environment, with exit code 1
    Then the first environment is asked to train cycle 2 a second time, as it was the first time
    When the stub participants train cycle 2 of "Ada" to accuracies of 0.6 and 0.9
    Then the experiment is "Completed"
    And the accuracy of cycle 1 is 0.6
    And the accuracy of cycle 2 is 0.75
    And the environments' epochs of cycle 2 had accuracies of 0.6 and 0.9

  @budget.60 @catches.averaging-never-shown
  Scenario: An experiment whose jobs have ended is Averaging until the average is there
    Catches: an experiment looks as if it trained for ever while the averaging is what everybody waits for.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 80 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 1 cycle by a script
    When the stub participants begin cycle 1 of "Ada"
    And the job of cycle 1 ends in the first environment before its weights are told
    Then the experiment is "Running"
    When the job of cycle 1 ends in the second environment before its weights are told
    Then the experiment is "Averaging"
    And the owner sees so many experiments run:
      | environment | running |
      | first       | 1       |
      | second      | 1       |
    When the stub participants train cycle 1 of "Ada" to accuracies of 0.5 and 0.75
    Then the experiment is "Completed"
    And the accuracy of cycle 1 is 0.625
    And the owner sees so many experiments run:
      | environment | running |
      | first       | 0       |
      | second      | 0       |

  @budget.60 @catches.late-reports-believed
  Scenario: What is told late, or of a cycle that is over, changes nothing
    Catches: a straggler's old failure has everybody train again, or a job that handed in its weights is begun anew because it died afterwards.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 80 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When "Ada" pauses the experiment
    And the first environment trains cycle 1 to an accuracy of 0.5, and its job ends with exit code 1 afterwards
    And the time of the cycle is up, and half of the environments are enough
    Then cycle 1 averages 1 environment and leaves out 1, with an accuracy of 0.5
    When a cycle may take a day again
    And "Ada" resumes the experiment
    And the stub participants begin cycle 2 of "Ada"
    And the training of cycle 1 fails in the second environment, with exit code 1
    And the stub participants train cycle 2 of "Ada" to accuracies of 0.6 and 0.9
    Then the experiment is "Completed"
    And the accuracy of cycle 2 is 0.75
    And no environment was asked to train any cycle a second time
    When the end of every job is followed by a late report that it runs
    Then the jobs are shown as they ended:
      | environment | cycle | phase     |
      | first       | 1     | Failed    |
      | first       | 2     | Succeeded |
      | second      | 1     | Failed    |
      | second      | 2     | Succeeded |

  Rule: Three environments, of which half have to answer

    Background:
      Given a stub participant is Online with 60 rows to train and 40 rows to test
      And another stub participant is Online with 20 rows to train and 40 rows to test
      And another stub participant is Online with 30 rows to train and 40 rows to test
      And a use case for "tabular classification" scored by "accuracy" is published on them
      And "Ada" has joined the use case
      And "Ada" has started an experiment of 1 cycle by a script

    @budget.60 @catches.quorum-rounded-down
    Scenario: One of three is less than half, and the experiment fails
      Catches: half of three is rounded down, and one hospital's weights become everybody's model.

      When 1 of the 3 environments train cycle 1, each to an accuracy of 0.5
      And the time of the cycle is up, and half of the environments are enough
      Then the experiment is "Failed"
      And the reason names the third environment and says "the time of cycle 1 was up"
      And the reason names the second environment and says "it needs 2 secure environments or more"
      And the reason does not name the first environment

    @budget.60 @catches.round-never-closes-without-straggler @catches.quorum-needs-one-more
    Scenario: Two of three are enough, and the third is named
      Catches: an odd number of environments waits for all of them, or the one that is missing is not told.

      When 2 of the 3 environments train cycle 1, each to an accuracy of 0.625
      And the time of the cycle is up, and half of the environments are enough
      Then the experiment is "Completed"
      And cycle 1 averages 2 environments and leaves out 1, with an accuracy of 0.625
