@ring3 @nightly @pre-release @p0 @budget.90
Feature: Scenario ladder 3: several cycles, a training pod killed in the middle of one

  It protects the recovery: a training pod that is killed in the middle of a cycle is noticed by the pods-monitor and reported with the reason,
  its secure environment trains the cycle once more, nobody else does, and what came of the killed pod counts for nothing: every epoch, every
  row and every floating point operation is there once, as if nothing had happened.

  The moment is made certain by what is seen, not by time: the pod is killed when the platform shows its first epoch of many, and a pod that
  had ended by itself before that would not show the signal that killed it.

  Background:
    Given a secure environment is Online with 120 rows to train and 60 rows to test
    And another secure environment is Online with 40 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  @catches.failed-pod-not-reported @catches.killed-pod-counted-twice
  Scenario: A training pod killed in the middle of the second of three cycles is reported, replaced and counted once
    Given "the participant" has started the "two layer CNN" for 160 epochs and 3 cycles
    When cycle 1 is completed
    And the training pod of the second environment is killed as soon as its first epoch of cycle 2 is seen
    Then the platform shows that pod as Failed, killed by SIGKILL
    And the second environment trains cycle 2 in a second attempt, and the first one does not
    And the experiment is "Completed"
    And every job of the experiment but the killed one succeeded, one for each environment and cycle
    And every cycle shows each epoch and all rows of each environment once
    And the averaged weights equal the row-weighted mean of the trained weights
    And the killed job has cost nothing, the others in every cycle the same, and the experiment their sum
    And the accuracy of cycle 3 is better than chance
