@ring1 @p0
Feature: Backend flow: who is let in, however they knock

  It protects accounts and secure environments at their doors: an address is the same address however it is typed, a password cannot be
  guessed, and what was taken away opens nothing.

  @budget.60 @needs.mailbox @catches.address-kept-as-typed
  Scenario: An address with capital letters is the same address
    Catches: a telephone writes the first letter large, and the invited collaborator has no invitation, or two accounts.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has signed up with an address in capital letters
    When the owner invites the address of "Ada" in capital letters
    And "Ada" logs in with the first letters in capitals
    Then the address of "Ada" is kept in small letters, and is taken however it is written
    When "Ada" joins the use case
    Then "Ada" is the only member of their team

  @budget.60 @catches.wrong-logins-not-counted
  Scenario: A password can be guessed ten times, and nobody else is held up by it
    Catches: passwords are tried without end, or whoever tries locks everybody out.

    Given "Ada" has an account
    And "Ben" has an account
    When somebody tries 9 wrong passwords for "Ada"
    And "Ada" logs in again on the web
    And somebody tries 10 wrong passwords for "Ada"
    Then the right password of "Ada" is refused for a while: "10 logins with this name were wrong. Try again in"
    When "Ben" logs in again on the web
    Then "Ben" is logged in on the web

  @budget.60 @catches.revoked-environment-let-in
  Scenario: A secure environment whose credential was taken away is let in nowhere, and its neighbour stays
    Catches: a stolen machine goes on taking models and reporting what it likes.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    And another stub participant is Online with 20 rows to train and 10 rows to test
    When the owner revokes the first secure environment
    Then the first secure environment shows Offline, and can neither log in nor say anything
    And the secure environment shows Online
