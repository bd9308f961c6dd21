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

  @budget.60 @needs.mailbox @catches.addresses-shown-to-participants
  Scenario: Who signs up with a name is known by it, and an address is shown to its owner alone
    Catches: first and last name are taken for each other, or participants learn the owner's address instead of the name.

    Given "the owner" has signed up as "Grace" "Hopper" and logged in
    And a stub participant is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has signed up as "Ada" "King" and logged in
    And "Ben" has signed up as "Ben" "Nevis" and logged in
    And "Ada" has joined the use case
    And "the teammate" is in the team of "Ada"
    And "Ben" has joined the use case
    Then the platform knows "the owner" as "Grace" "Hopper", by their address and its domain
    And the platform knows "Ada" as "Ada" "King", by their address and its domain
    And "Ada" and "Ben" read of the use case:
      | what  | words        |
      | owner | Grace Hopper |
    And "Ada" is shown nobody's e-mail address but the team's own

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

  @budget.60 @needs.mailbox @catches.short-password-taken
  Scenario: What is no address and what is too short for a password is refused, to the letter
    Catches: accounts with passwords that a machine guesses in a minute, or people who cannot sign up with a good one.

    Then nobody can sign up like this:
      | address                 | password      | words                                                     |
      | {address}               | 11 letters.   | least 12 characters are needed.                           |
      | {address}               |               | least 12 characters are needed.                           |
      | {address}               | 1001 times a  | should have at most 1000 characters                       |
      | nobody                  | twelve chars. | email: this is not an e-mail address.                     |
      | nobody@                 | twelve chars. | email: this is not an e-mail address.                     |
      | a b@hospital.example    | twelve chars. | email: this is not an e-mail address.                     |
      | a,b@hospital.example    | twelve chars. | email: this is not an e-mail address.                     |
      | a@b@hospital.example    | twelve chars. | email: this is not an e-mail address.                     |
      | a..b@hospital.example   | twelve chars. | email: this is not an e-mail address.                     |
    And somebody can sign up with a password of 12 characters, and with one of 1000

  @budget.60 @catches.bodies-of-any-size-read
  Scenario: What is too large, too deep or beyond all numbers is not taken, to the letter
    Catches: somebody without an account fills the platform's memory, or a number that no database holds ends a request in the middle.

    Given "Ada" has an account
    Then the platform says to these requests:
      | who    | request                     | words                                                               |
      | nobody | a body of 65536 bytes       | Authentication credentials were not provided.                       |
      | nobody | a body of 65537 bytes       | A body of more than 65536 bytes is only taken of whoever has a valid token. |
      | Ada    | a body of 65537 bytes       | title: String should have at most 200 characters                    |
      | Ada    | a body of 4194304 bytes     | title: String should have at most 200 characters                    |
      | Ada    | a body of 4194305 bytes     | The body is larger than 4194304 bytes.                              |
      | Ada    | lists in 64 lists           | title: Input should be a valid string                               |
      | Ada    | lists in 65 lists           | nested more than 64 deep                                            |
      | Ada    | the number 9223372036854775807  | title: Input should be a valid string                           |
      | Ada    | the number 9223372036854775808  | title: a number beyond 64 bits                                  |
      | Ada    | the number -9223372036854775808 | title: a number beyond 64 bits                                  |
      | Ada    | the number NaN              | that can be used                                                     |
      | Ada    | the number 1e999            | title: a number beyond 64 bits                                      |
      | Ada    | half a letter               | that can be used                                                     |

  @budget.60 @catches.removed-account-leaves-files
  Scenario: Whoever removes their account takes what is theirs along, and nothing else
    Catches: weights and models of somebody who left for good lie about for ever, or their team's rank stays although nobody is in it.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ben" has joined the use case
    And "Ada" has trained cycle 1 of 1
    And "Ben" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who | score |
      | Ada | 0.5   |
      | Ben | 0.75  |
    And "Ben" removes their account
    Then "Ben" cannot log in: "Unable to log in with provided credentials."
    And "Ben" is no longer logged in on the web
    And the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 0.5   | 1           |
    And nothing of the experiment of "Ben" is kept, and all of the experiment of "Ada"

  @budget.60 @catches.removed-score-still-ranks @catches.removed-account-leaves-files
  Scenario: Whoever removes their account leaves the team, and what the others of it have done stays
    Catches: a team goes with the first member who leaves for good, or is ranked by a score that nobody can show any more.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "the teammate" is in the team of "Ada"
    And "Ada" has trained cycle 1 of 1
    And "the teammate" has trained cycle 1 of 1
    When cycle 1 is submitted and scored, one after the other, by:
      | who          | score |
      | Ada          | 0.5   |
      | the teammate | 0.75  |
    And "the teammate" removes their account
    Then "Ada" is the only member of their team
    And the leaderboard shows:
      | rank | team | score | submissions |
      | 1    | Ada  | 0.5   | 1           |
    And the leaderboard shows that "Ada" is ranked by the experiment of "Ada" and has 1 PetaFLOPs left
    And the team of "Ada" has 1 experiment
    And nothing of the experiment of "the teammate" is kept, and all of the experiment of "Ada"

  @budget.60 @catches.strangers-reports-counted
  Scenario: What a secure environment says of an experiment that it takes no part in counts for nothing
    Catches: a machine that was broken into writes metrics, costs and scores into everybody's experiments.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 2
    And another stub participant is Online with 20 rows to train and 10 rows to test
    When "Ada" submits cycle 1 for inference
    Then what the second environment reports of the experiment of "Ada" is put aside:
      | report           | words                       |
      | an epoch         | takes no part in experiment |
      | a cost           | takes no part in experiment |
      | weights          | takes no part in cycle 2    |
      | a score          | holds no test rows          |
      | the end of a job | There is no such experiment |
    And the second environment cannot ask for the experiment of "Ada": "There is no such experiment."
    And the experiment of "Ada" shows nothing of the second environment

  @budget.60 @catches.shorter-login-ignored
  Scenario: A secure environment whose logins last a second has to log in again
    Catches: an owner shortens the logins of a machine that stands in the open, and they last for a day all the same.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    And the owner lets the logins of the secure environment last 1 second
    Then the login of the secure environment ends
    When a stub participant takes the part of the registered secure environment
    And the secure environment is heard from
    Then the secure environment shows Online

  @catches.store-open-to-everybody
  Scenario: The object store opens to its key, and to a link for what it was made for and for so long
    Catches: weights and models of all teams lie open to whoever finds the store's address, and a link in an old log opens them for ever.

    Given an object of a team is in the object store
    Then whoever asks the object store for it hears:
      | who                                      | hears                 |
      | whoever has a link to it                 | the object            |
      | nobody in particular                     | AccessDenied          |
      | whoever has a link to another object     | SignatureDoesNotMatch |
      | whoever writes a longer time into a link | SignatureDoesNotMatch |
      | somebody with another secret             | SignatureDoesNotMatch |
      | somebody with another key                | InvalidAccessKeyId    |
    And a link that lasts a second opens it no longer
