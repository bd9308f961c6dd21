@ring1 @p1 @budget.30
Feature: Signing in and registering from the command line

  It protects the way every machine comes to the platform: the installer has no browser, so its owner approves a short code elsewhere, and the
  command line registers the machine's cluster in the owner's name. The words are those of tracebloc's command line, the rules those of
  OAuth's device grant. The program itself knows no address but tracebloc's own: its requests are sent for it.

  Background:
    Given the owner signs up, verifies the e-mail address and logs in
    And the owner's command line shows a sign-in code

  @catches.device-code-usable-twice
  Scenario: An owner signs in by device code and registers a secure environment
    Catches: a code that stays valid logs whoever reads it over the owner's shoulder, or in a log, in as the owner.

    Then the command line is told that the code lasts 15 minutes, and on which page to type it
    And the code is 4 consonants, a hyphen and 4 consonants
    When the command line asks whether the code is approved
    Then it is told to wait
    When it asks again at once
    Then it is told to ask less often
    When the owner approves the code in the browser, typed in small letters with a blank behind
    Then the command line is signed in as the owner
    And the same code signs nobody in again
    When the command line registers a secure environment for its cluster
    Then the owner sees the secure environment as Pending
    And the password that the command line chose opens it
    And the owner is named as the one who may register

  @catches.adopt-gives-out-the-password-again
  Scenario: A cluster that is registered already is taken over with the password it has
    Catches: running the installer a second time makes a new password, and the client that runs with the old one is locked out.

    Given the owner approved the code and the command line registered its cluster
    When the command line registers the same cluster again with another password
    Then it gets the same secure environment, and no password
    And the password that the command line chose opens it
    And the other password does not
    When the owner revokes the secure environment of the command line
    And the command line registers the same cluster again with another password
    Then it gets another secure environment, which the password that was chosen last opens

  Scenario: A code that the owner denies signs nobody in
    Catches: a denial is not told to the command line, which goes on asking until somebody approves by mistake.
    Catches no sabotage: which answer a denied code gets is one branch of the code, and a sabotage would only turn it round.

    When the owner denies the code in the browser
    Then the owner can no longer approve the code: "There is no such sign-in code."
    When the command line asks whether the code is approved
    Then it is told that the owner denied it
    And the same code signs nobody in again

  Scenario: Signing out ends what the command line may do
    Catches: a token that was copied from a machine goes on working after its owner signed out.
    Catches no sabotage: the token is deleted in one line that every way to log out shares.

    Given the owner approved the code and the command line registered its cluster
    When the command line signs out
    Then it may do nothing more
