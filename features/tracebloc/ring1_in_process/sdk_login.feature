@ring1 @nightly @p0 @budget.20 @without.object-store @without.service-bus
Feature: SDK contract: logging in and out

  It protects the door that every data scientist comes through, with the published tracebloc SDK 1.2.63, unmodified. The errors are those the
  SDK's contract promises its users, by their type and words.

  @catches.login-tells-who-has-an-account
  Scenario: A wrong password and an unknown address are refused alike
    Catches: a login form that tells whose staff has an account.

    Given "the participant" has an account
    When "the participant" tries to log in with the SDK with a wrong password
    Then the SDK raises "AuthenticationError" and says "Login credentials are not correct. Please try again."
    When somebody without an account tries to log in with the SDK
    Then the SDK raises "AuthenticationError" and says "Login credentials are not correct. Please try again."
    And the platform refused both in the same words

  @catches.logged-out-token-still-works
  Scenario: Logging out ends the token, wherever else it is used
    Catches: a token that leaked out of a shared notebook and works on after its owner has logged out.

    Given "the participant" has an account
    And "the participant" works with the SDK on a token from the environment
    When "the participant" logs out with the SDK
    Then the SDK no longer does anything for "the participant"
    And anyone who still holds the token of "the participant" is told "Invalid token."
    When "the participant" logs in again on the web
    And "the participant" logs in with the SDK
    And "the participant" logs out with the SDK
    Then "the participant" is logged in on the web

  @catches.old-sdk-not-refused
  Scenario: An SDK that is too old is told to upgrade, in time and in words
    Catches: old SDKs that are served until they start an experiment that fails at night.

    Given "the participant" has an account
    And "the colleague" has an account
    And "the participant" still has version "1.1.9" of the SDK
    And "the colleague" still has version "1.10.0" of the SDK
    When "the participant" tries to log in with the SDK
    Then the SDK raises "APIError" and says "it needs 1.2.0 or newer. Upgrade with: pip install --upgrade tracebloc"
    When "the colleague" logs in with the SDK
    Then "the colleague" is logged in on the web
