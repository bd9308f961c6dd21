@ring2 @nightly @p0 @budget.30
Feature: Logs that can be sent to whoever helps

  It protects everybody whose password, key or token a service holds: logs are copied into tickets and sent to other companies, so none of them
  may open a door. What a log tells when nothing goes wrong is the smaller half: here somebody mistypes, and a service starts anew.

  @needs.faults.process @catches.client-password-logged @catches.pod-token-logged
  Scenario: Services and training jobs write no secret into their logs
    Catches: a line that was to help for one afternoon stays in, and the log in a ticket opens a hospital's secure environment.

    Given a secure environment is Online with 60 rows to train and 30 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" tries to log in with the SDK with a wrong password
    And the jobs-manager is killed
    And the jobs-manager is started again
    And "the participant" has started the "two layer CNN" for 1 epoch and 1 cycle
    Then the experiment is "Completed"
    And no service has written a password, a key or a token into its log
    And no training job has written a password, a key or a token into its log
