@ring1 @p0
Feature: Backend flow: weights count for the cycle that they were trained in

  It protects the model of all from whoever is slow: what comes after its cycle was averaged belongs to no cycle at all, neither to the one
  that is over nor to the one that has begun.

  The rule of a round is told in ring 2 (participants that misbehave). The secure environments are stub participants, which say what was
  measured, and when.

  @budget.60 @catches.late-weights-taken-into-the-next-cycle
  Scenario: Weights that come too late for their cycle are not taken into the next
    Catches: the newest weights of each environment are averaged, and a slow hospital pulls everybody's model back by a cycle.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has started an experiment of 2 cycles by a script
    When "Ada" pauses the experiment
    And 1 of the 2 environments train cycle 1, each to an accuracy of 0.5
    And the time of the cycle is up, and half of the environments are enough
    Then cycle 1 averages 1 environment and leaves out 1, with an accuracy of 0.5
    When the second environment trains cycle 1 to an accuracy of 0.25, and its job ends with exit code 0 afterwards
    And a cycle may take a day again
    And "Ada" resumes the experiment
    And 1 of the 2 environments train cycle 2, each to an accuracy of 0.75
    And the time of the cycle is up, and half of the environments are enough
    Then cycle 2 averages 1 environment and leaves out 1, with an accuracy of 0.75
    And cycle 1 averages 1 environment and leaves out 1, with an accuracy of 0.5
    And the experiment is "Completed"
