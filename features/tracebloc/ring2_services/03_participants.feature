@ring2 @nightly @p0 @budget.30
Feature: Participants that misbehave, fall silent or stay too long

  It protects the others: one secure environment that hands in rubbish, or nothing, or comes with a token that has expired, must neither
  spoil the model of all nor keep everybody waiting.

  The rule of a round is our choice, since the platform's is not public: a cycle is averaged as soon as the weights of all participants are
  there. When its time is up (the owner's choice for the use case, one day unless it says otherwise), it goes on without whoever is missing,
  if at least a quorum of the participants has answered (half of them unless the owner says otherwise); with fewer the experiment fails,
  and says who was missing. Weights that come later change nothing. In the next cycle everybody is asked again.

  Rule: One secure environment

    Background:
      Given a stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
      And a use case for "tabular classification" scored by "accuracy" is published on them
      And "the participant" has joined the use case

    @catches.weights-taken-unseen
    Scenario: Weights that are no weights are refused at the door, and proper ones are taken afterwards
      Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
      When the stub participants begin cycle 1
      And the first stub participant hands in a text instead of weights
      Then it is told "the weights are not in the safetensors format"
      And nothing of the first stub participant is in the object store
      When the stub participants hand in their results
      Then the experiment is "Completed"
      And the averaged weights equal the row-weighted mean of the trained weights

    @catches.malformed-weights-accepted
    Scenario: Weights that cannot be averaged fail their own experiment and not the next one
      Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
      When the stub participants begin cycle 1
      And the first stub participant hands in weights that hold NaN
      Then the experiment is "Failed"
      And the reason names the first stub participant and says "holds NaN or infinity"
      And the message of the first stub participant's weights was put aside with the reason "holds NaN or infinity"
      When "the participant" links it to the training dataset
      And "the participant" starts the linked model for 1 epoch and 1 cycle
      And the stub participants train cycle 1
      Then the experiment is "Completed"

    @catches.expired-pod-token-accepted
    Scenario: The token of a job expires in the middle of its training
      Given "the participant" has started the "two layer CNN" for 2 epochs and 1 cycle
      When the first stub participant's job reports an epoch, and then its token expires
      Then it is told "the pod token has expired"
      And its weights are refused and nothing of the first stub participant is in the object store
      When the first stub participant's job ends with an error
      Then the first stub participant gets the work of cycle 1 a second time
      When the stub participants hand in their results
      Then the experiment is "Completed"
      And cycle 1 shows the rows, the epochs and the row-weighted accuracy of the stub participants
      And the experiment shows what the stub participants spent, each counted once

  Rule: Two secure environments

    Background:
      Given a stub participant behind a requests-proxy with 300 rows to train and 60 rows to test
      And another stub participant behind a requests-proxy with 100 rows to train and 20 rows to test
      And a use case for "tabular classification" scored by "accuracy" is published on them
      And "the participant" has joined the use case

    @needs.faults.service-bus @catches.round-never-closes-without-straggler
    Scenario: A participant that never answers is left out when the time of the cycle is up
      Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
      When the first stub participant trains cycle 1
      And the time of the cycle is up, and half of the environments are enough
      Then the experiment is "Completed"
      And cycle 1 uses the weights of the first stub participant alone and names the second as left out
      When the second stub participant trains cycle 1
      Then everything that was handed in is handled
      And cycle 1 uses the weights of the first stub participant alone and names the second as left out

    @catches.round-never-closes-without-straggler
    Scenario: With too few answers an experiment fails and says who was missing
      Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
      When the first stub participant trains cycle 1
      And the time of the cycle is up, and all of the environments are needed
      Then the experiment is "Failed"
      And the reason names the second stub participant and says "the time of cycle 1 was up"

    @catches.another-environment-blamed
    Scenario: Of two participants the one whose weights cannot be averaged is named, and not the other
      Given "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
      When the stub participants begin cycle 1
      And the first stub participant hands in its results
      And the second stub participant hands in weights that hold NaN
      Then the experiment is "Failed"
      And the reason names the second stub participant and says "holds NaN or infinity"
      And the reason does not name the first environment
      And the message of the second stub participant's weights was put aside with the reason "holds NaN or infinity"
