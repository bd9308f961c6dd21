@ring1 @p0
Feature: Backend flow: from an empty account to an experiment

  It protects the way in: an account that is proven, a use case that is complete, people who were invited, and an experiment that reaches
  the secure environment with everything it needs.

  The secure environment is a stub participant: it takes its work off its real queue, and what it does with it is protected elsewhere.

  @budget.30 @needs.mailbox @catches.invitation-mail-lost
  Scenario: Owner and collaborators go all the way to experiments that are at work
    Catches: somewhere between two screens the way breaks off: a mail that is never sent, a team of the wrong people, work that never arrives.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    When the owner creates a private use case with a title and the task "tabular classification"
    And the owner attaches the training and test datasets, the score "accuracy" and a description
    And the owner sets a budget of 1 PetaFLOPs, invites two collaborators by e-mail and publishes
    And both collaborators accept the rules, join and are given teams of their own, and one invites a teammate
    And both teams upload a model and link it to the training dataset with the SDK
    And both teams name their experiment, set 2 epochs and 1 cycle and start it
    Then the stub participant is asked to train cycle 1 of each with its own model, for 2 epochs, on the training dataset

  @budget.30 @needs.mailbox @catches.unverified-account-logs-in
  Scenario: An account is of no use until its e-mail address is verified
    Catches: somebody signs up with a stranger's address, and is let into what the stranger was invited to.

    When "the newcomer" signs up without reading the mail
    Then "the newcomer" cannot log in: "The e-mail address is not verified yet."
    When "the newcomer" verifies the e-mail address with the code from the mail
    Then "the newcomer" can log in
    And the verification code of "the newcomer" does not work a second time

  @budget.30 @needs.mailbox @catches.incomplete-use-case-published
  Scenario: A use case is published only when it is complete, and says what is missing
    Catches: collaborators find a use case without data, score or budget, and their first start fails.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    When the owner creates a private use case with a title and the task "tabular classification"
    Then it cannot be published, since this is missing: "description, training datasets, test datasets, score, budget_petaflops"
    When the owner attaches the training and test datasets, the score "accuracy" and a description
    Then it cannot be published, since this is missing: "budget_petaflops"
    And the owner sets a budget of 1 PetaFLOPs, invites two collaborators by e-mail and publishes

  @budget.30 @catches.invitation-not-needed
  Scenario: Only the invited get in, and only once they accept the rules
    Catches: whoever hears of the key of a private use case gets in, or works on the data without having agreed to the rules.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" is invited to the use case
    And "Eve" has an account
    Then "Eve" cannot join, though they accept the rules: "You are not invited to this use case."
    And "Ada" cannot join without accepting the rules: "the rules of the use case have to be accepted"
    And "Ada" can join, and has a team of their own
