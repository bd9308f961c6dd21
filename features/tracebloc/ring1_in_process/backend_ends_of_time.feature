@ring1 @p0 @needs.clock
Feature: Backend flow: what is over when its time is up

  It protects what was given for a while: a day's submissions, a login, a code, an invitation, a stored model. Each is good until its end and
  not a moment longer.

  The platform's clock is moved for what the scenario's people ask, and for nobody else. tracebloc's documents tell the five submissions a day
  and that a stored model can be fetched for 24 hours; that a login lasts 12 hours, a sign-in code 15 minutes and an invitation 30 days is
  our choice.

  @budget.60 @catches.day-counted-from-24-hours-ago @catches.submission-told-in-local-time
  Scenario: The day of five submissions ends at midnight UTC
    Catches: a team that submits in the evening has to wait until the next evening, or a day begins when somebody else's does.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    And "Ada" has trained cycle 1 of 1
    When it is one minute before midnight UTC
    And "Ada" submits cycle 1 for inference 5 times
    Then "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."
    When it is one minute after midnight UTC
    And "Ada" submits cycle 1 for inference 5 times
    Then "Ada" cannot submit cycle 1: "Your team has made its 5 submissions of today (UTC)."
    And My Submissions of "Ada" shows 5 of one day and 5 of the next

  @budget.60 @catches.expired-login-accepted
  Scenario: A login ends after twelve hours
    Catches: a token that was copied from a notebook works for ever.

    Given "Ada" has an account
    When 11 hours have passed
    Then "Ada" is logged in on the web
    When 61 minutes have passed
    Then "Ada" is no longer logged in on the web
    When "Ada" logs in again on the web
    Then "Ada" is logged in on the web

  @budget.60 @catches.expired-sign-in-code-accepted
  Scenario: The sign-in code of a command line can be approved for fifteen minutes
    Catches: a code out of an old mail, which somebody is talked into typing, signs a stranger's machine in.

    Given the owner signs up, verifies the e-mail address and logs in
    And the owner's command line shows a sign-in code
    When 14 minutes have passed
    And the owner approves the code in the browser
    Then the command line is signed in as the owner
    When the owner's other command line shows a sign-in code
    And 16 minutes have passed
    Then the owner can no longer approve the code: "There is no such sign-in code."
    And the command line is told that the code has expired

  @budget.60 @needs.mailbox @catches.expired-invitation-accepted @catches.invitation-mail-tells-another-end
  Scenario: An invitation opens the use case for thirty days, and another one begins anew
    Catches: a mailbox changes hands, and its new owner joins with last year's invitation; or an invited collaborator is shut out too soon.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" is invited to the use case
    And "Ben" is invited to the use case
    Then "Ada" finds an invitation in the mail that says "The invitation lasts 30 days."
    When 29 days have passed
    And "Ben" logs in again on the web
    And "Ben" joins the use case
    And 2 days have passed
    And "Ada" logs in again on the web
    Then "Ada" can neither see nor join the use case: "Your invitation to this use case has expired; ask for another one."
    When "the owner" logs in again on the web
    And "Ada" is invited to the use case
    And "Ada" joins the use case
    Then "Ada" is the only member of their team

  @budget.60 @catches.online-for-thirty-heartbeats @catches.heartbeat-never-expires
  Scenario: A secure environment is Online until it has missed three heartbeats
    Catches: a machine that was switched off is given work for a quarter of an hour, or one late heartbeat shows it as Offline.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    When the resource-monitor is heard from, and says that it will be again in 60 seconds
    And 2 minutes have passed
    And "the owner" logs in again on the web
    Then the secure environment shows Online
    When 2 minutes have passed
    Then the secure environment shows Offline

  @budget.60 @catches.kept-model-fetched-for-ever
  Scenario: A model from the Run tab can be fetched for 24 hours
    Catches: models lie about on the platform for years, or are gone before the afternoon.

    Given "Ada" has an account
    And "Ada" keeps the "weak linear" without weights on the platform
    When 23 hours have passed
    And "Ada" logs in again on the web
    Then "Ada" can fetch the kept "weak linear", as it was uploaded
    When 61 minutes have passed
    Then "Ada" can no longer fetch the kept "weak linear": "There is no such model."

  @budget.60 @catches.expired-login-accepted
  Scenario: The login of a secure environment ends after twelve hours, however long its owner lets it last
    Catches: what was made to shorten logins prolongs them, and a stolen machine stays logged in for a year.

    Given the owner signs up, verifies the e-mail address and logs in
    And the owner registers a secure environment, gets a Client ID and sees it as Pending
    And the owner lets the logins of the secure environment last 90000 seconds
    When a stub participant, whose clock is the people's, takes the part of the registered secure environment
    And 11 hours have passed
    Then the login of the secure environment holds
    When 61 minutes have passed
    Then the login of the secure environment ends

  @budget.60 @catches.heartbeat-never-expires
  Scenario: A machine that is heard of every half minute is Offline after a minute and a half of silence
    Catches: machines on a slow line flicker between Online and Offline, or one that was switched off is Online for the rest of the day.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    When 50 seconds have passed
    Then the secure environment shows Online
    When 41 seconds have passed
    Then the secure environment shows Offline

  @budget.60 @catches.wrong-logins-not-counted
  Scenario: Whoever has guessed wrong ten times waits for a minute, counted from the last time
    Catches: a machine guesses on a minute after it began, or whoever mistypes is locked out until somebody helps.

    Given "Ada" has an account
    When somebody tries 9 wrong passwords for "Ada"
    And 40 seconds have passed
    And somebody tries 1 wrong password for "Ada"
    And 40 seconds have passed
    Then the right password of "Ada" is refused for a while: "10 logins with this name were wrong. Try again in"
    When 21 seconds have passed
    And "Ada" logs in again on the web
    Then "Ada" is logged in on the web
