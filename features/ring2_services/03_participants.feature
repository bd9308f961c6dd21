@ring2 @nightly @p0 @budget.30
Feature: Participants that misbehave, fall silent or stay too long

  It protects the others: one secure environment that hands in rubbish, or nothing, or comes with a token that has expired, must neither
  spoil the model of all nor keep everybody waiting.

  The rule of a round is our choice, since the platform's is not public: a cycle is averaged as soon as the weights of all participants are
  there. When its time is up (the owner's choice for the use case, one day unless it says otherwise), it goes on without whoever is missing,
  if at least a quorum of the participants has answered (half of them unless the owner says otherwise); with fewer the experiment fails,
  and says who was missing. Weights that come later change nothing. In the next cycle everybody is asked again.

  Background:
    Given a stand-in secure environment with 300 rows to train and 60 rows to test
    And another stand-in secure environment with 100 rows to train and 20 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  Scenario: Weights that are no weights are refused at the door, and proper ones are taken afterwards
    Catches no sabotage: the door only spares the averaging service what it would refuse as well.

    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the stand-ins begin cycle 1
    And the first stand-in hands in a text instead of weights
    Then it is told "the weights are not in the safetensors format"
    And nothing of the first stand-in is in the object store
    When the stand-ins hand in cycle 1
    Then the experiment ends as "Completed"
    And the averaged weights equal the row-weighted mean of the trained weights

  @catches.malformed-weights-accepted
  Scenario: Weights that cannot be averaged fail their own experiment and nobody else's
    Given "the rival" has joined the use case
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the stand-ins begin cycle 1
    And the second stand-in hands in its results
    And the first stand-in hands in weights that hold NaN
    Then the experiment ends as "Failed"
    And the reason names the first stand-in and says "holds NaN or infinity"
    And the message of the first stand-in's weights was put aside with the reason "holds NaN or infinity"
    When "the rival" starts an experiment of 1 epoch and 1 cycle
    And the stand-ins train cycle 1
    Then the experiment ends as "Completed"
    And the averaged weights equal the row-weighted mean of the trained weights

  @needs.faults.service-bus @catches.round-never-closes-without-straggler
  Scenario: A participant that never answers is left out when the time of the cycle is up
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the first stand-in trains cycle 1
    And the time of the cycle is up, where half of the participants are enough
    Then the experiment ends as "Completed"
    And cycle 1 stands on the weights of the first stand-in alone and names the second as left out
    When the second stand-in answers cycle 1 after all
    Then cycle 1 stands on the weights of the first stand-in alone and names the second as left out

  @catches.round-never-closes-without-straggler
  Scenario: With too few answers an experiment fails and says who was missing
    When "the participant" starts an experiment of 1 epoch and 1 cycle
    And the first stand-in trains cycle 1
    And the time of the cycle is up, where all of the participants are needed
    Then the experiment ends as "Failed"
    And the reason names the second stand-in and says "the time of cycle 1 was up"

  @catches.expired-pod-token-accepted
  Scenario: The token of a job expires in the middle of its training
    When "the participant" starts an experiment of 2 epochs and 1 cycle
    And the first stand-in's job reports an epoch, and then its token expires
    Then it is told "the pod token has expired"
    And its weights are refused and nothing of the first stand-in is in the object store
    When the first stand-in's job ends with an error
    Then the first stand-in gets the work of cycle 1 a second time
    When the stand-ins hand in cycle 1
    Then the experiment ends as "Completed"
    And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stand-ins
    And the experiment shows what the stand-ins spent, each counted once
