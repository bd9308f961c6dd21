@ring2 @needs.servers @budget.30
Feature: The terminal in the browser

  It protects: people work in the terminal of their browser as in one of their own: nobody else sees it, a lost connection costs them nothing,
  and nobody gets in who may not.
  Source: odd-demonstration, phases 20, 21, 29 and 31, and what was measured of its server.

  Rule: A terminal is somebody's own

    @p1 @catches.terminal-size-ignored
    Scenario: Who opens a terminal gets a session first, and then the dashboard in the size of the window
      Given the terminal server of the platform
      When ana opens a terminal
      Then the first thing that ana is told is the session, and a token to come back with
      And ana sees "Distributed Task Observatory"
      When ana's window is 132 columns wide and 40 rows high
      And ana types "n"
      Then ana's lines are 132 characters long
      And ana sees "New task: "

    @p0 @catches.accepted-job-not-handed-on
    Scenario: A task that is typed into the terminal is done
      Given the terminal server of the platform
      When ana opens a terminal
      And ana types "nresize-image"
      Then ana sees "New task: resize-image"
      When ana presses Enter
      Then the task "resize-image" of ana's terminal is completed
      And ana sees the figures of the platform

    @p1
    Scenario: What is typed can be corrected, and given up
      Catches no sabotage: it is the dashboard's own line, which random mutants break.

      Given the terminal server of the platform
      When ana opens a terminal
      And ana types "nresize-imagx"
      And ana presses Backspace
      And ana types "e"
      Then ana sees "New task: resize-image"
      When ana types "-to-fifty-letters-and-whatever-is-typed-after-that"
      Then ana sees "New task: resize-image-to-fifty-letters-and-whatever-is-type"
      When ana presses Escape
      And ana types "q"
      Then ana's terminal is closed
      And ana never saw "resize-image-to-fifty-letters-and-whatever-is-typed"

    @p0 @catches.terminal-sessions-share-screen
    Scenario: Nobody sees what somebody else types
      Given a terminal server of its own with
        | what                    | is |
        | sessions of one address | 5  |
      When ana opens a terminal
      And ben opens a terminal
      And ben types "npassword-of-ben"
      Then ben sees "New task: password-of-ben"
      When ana asks whether the server is still there
      Then ana is told that it is
      And ana never saw "of-ben"

    @p1
    Scenario: What is no message does no harm
      Catches no sabotage: nothing in the server is switched off for it; the unit tests of the server hold the parts.

      Given the terminal server of the platform
      When ana opens a terminal
      And ana says something that is no message
      And ana asks whether the server is still there
      Then ana is told that it is

  @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
  @without.redis @without.gateway @without.read-model
  Rule: A lost connection costs nothing

    @p0 @catches.terminal-replay-lost @catches.terminal-replay-from-the-beginning
    Scenario: Who comes back sees what was missed, and nothing twice
      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 60 |
      When ana opens a terminal
      And ana types "nhalf-a-task", of which nothing arrives any more
      And ana comes back
      Then ana has the same session and a new token
      And ana is shown what was missed, once and in order
      And ana sees "New task: half-a-task"
      When ana types "-and-the-rest"
      Then ana sees "New task: half-a-task-and-the-rest"

    @p1 @catches.terminal-size-ignored
    Scenario Outline: Who comes back is told the size that the window had: <columns> columns and <rows> rows
      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 60 |
      When ana opens a terminal
      And ana's window is <columns> columns wide and <rows> rows high
      And ana loses the connection
      And ana comes back
      Then ana is told that the window had <kept columns> columns and <kept rows> rows

      Examples:
        | columns | rows | kept columns | kept rows |
        | 132     | 40   | 132          | 40        |
        | 5000    | 0    | 1000         | 1         |

    @p1
    Scenario Outline: Who was away for too much is told so, and sees the latest: <number> <kept>
      Catches no sabotage: the server's ring has its own tests, which break each of its limits.

      Given a terminal server of its own with
        | what                 | is       |
        | <kept>               | <number> |
        | seconds to come back | 60       |
      When ana opens a terminal
      And ana types "na-rather-long-task", of which nothing arrives any more
      And ana comes back
      Then ana is told that frames are missing
      And ana sees "New task: a-rather-long-task"

      Examples:
        | number | kept        |
        | 1      | frames kept |
        | 10     | bytes kept  |

    @p1 @catches.terminal-leavers-counted-as-connected
    Scenario: Operators see who is connected and who is expected back
      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 60 |
      When ana opens a terminal
      And ben opens a terminal
      Then 2 sessions are connected, and 0 wait for their owner
      When ana loses the connection
      Then 1 session is connected, and 1 waits for its owner
      When ana comes back
      Then 2 sessions are connected, and 0 wait for their owner

    @p2
    Scenario: The time to come back begins when the connection is lost
      Catches no sabotage: it is for people who only look, and lose nothing by it; random mutants break it.

      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 4  |
      When ana opens a terminal
      And ben opens a terminal
      And ben loses the connection
      Then 1 session is connected, and 0 wait for their owner
      When ana loses the connection
      And ben opens a terminal
      And ana comes back
      Then ana has the same session and a new token

    @p1 @catches.terminal-leavers-counted-as-connected
    Scenario: A session that nobody comes back to is over
      Given a terminal server of its own with
        | what                 | is  |
        | seconds to come back | 0.5 |
      When ana opens a terminal
      And ana loses the connection
      And nobody comes back until the session is over
      And ana comes back
      Then ana is refused with "INVALID_TOKEN"
      And 0 sessions are connected, and 0 wait for their owner

  @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
  @without.redis @without.gateway @without.read-model
  Rule: What is over is over

    @p1 @catches.terminal-end-not-told
    Scenario: Who quits the dashboard is told so, and uses up no session
      Given a terminal server of its own with
        | what                    | is |
        | sessions of one address | 1  |
      When ana opens a terminal
      And ana types "q"
      Then ana's terminal is closed
      And 0 sessions are connected, and 0 wait for their owner
      When ben opens a terminal
      Then ben gets a session

    @p1 @catches.terminal-idle-for-ever
    Scenario: A terminal in which nothing happens is closed
      Given a terminal server of its own with
        | what                     | is |
        | seconds of doing nothing | 1  |
      When ana tries to open a terminal
      Then ana gets a session
      And ana's terminal is closed
      And 0 sessions are connected, and 0 wait for their owner

    @p1 @catches.terminal-failed-start-counted
    Scenario: A program that cannot be started is said, and uses up no session
      Given a terminal server of its own with
        | what    | is               |
        | program | no-such-program  |
      When ana tries to open a terminal
      Then ana is refused with "PTY_SPAWN_FAILED"
      And 0 sessions are connected, and 0 wait for their owner

  @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
  @without.redis @without.gateway @without.read-model
  Rule: Nobody gets in who may not

    @p0 @catches.terminal-token-stays-good
    Scenario: A token to come back with is good once
      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 60 |
      When ana opens a terminal
      And ana loses the connection
      And ana comes back
      Then ana has the same session and a new token
      When ana loses the connection again, and comes back with the token that is used up
      Then ana is refused with "INVALID_TOKEN"

    @p1 @catches.terminal-token-never-expires
    Scenario: A token is good for a while only
      Given a terminal server of its own with
        | what                         | is   |
        | seconds to come back         | 60   |
        | seconds that a token is good | 0.01 |
      When ana opens a terminal
      And ana loses the connection
      And ana comes back
      Then ana is refused with "INVALID_TOKEN"
      And 0 sessions are connected, and 1 waits for its owner

    @p0 @catches.terminal-bearer-logged @catches.terminal-no-bearer-to-come-back
    Scenario: Where a bearer token is asked for, nobody gets in without, and no log has it
      Given a terminal server of its own with
        | what         | is        |
        | bearer token | asked for |
      When eve tries to open a terminal
      Then eve is refused with "AUTH_REQUIRED"
      When eve tries to open a terminal with the bearer token "guessed"
      Then eve is refused with "AUTH_FAILED"
      When ana opens a terminal with the bearer token
      And ben opens a terminal as browsers send the bearer token
      And ana loses the connection
      And ana comes back
      Then ana is refused with "AUTH_REQUIRED"
      When ana comes back with the bearer token
      Then ana has the same session and a new token
      And the log of the terminal server tells of sessions, and nowhere of the bearer token

    @p1 @catches.terminal-token-stays-good
    Scenario: A stranger learns nothing of a session
      Given a terminal server of its own with
        | what                 | is |
        | seconds to come back | 60 |
      When ana opens a terminal
      And eve comes back to ana's session with a made-up token
      Then eve is refused with "INVALID_TOKEN"
      When ana loses the connection
      And eve comes back to ana's session with a made-up token
      Then eve is refused with "INVALID_TOKEN"
      When ana comes back
      Then ana has the same session and a new token

    @p1 @catches.terminal-cap-forgets-leavers
    Scenario: One address has so many sessions, and those that wait count
      Given a terminal server of its own with
        | what                    | is |
        | sessions of one address | 2  |
        | seconds to come back    | 60 |
      When ana opens a terminal
      And ben opens a terminal
      And ana loses the connection
      And cid tries to open a terminal
      Then cid is refused with "PER_IP_CAP"

    @p1 @needs.processes @catches.terminal-total-cap-off
    Scenario: All addresses together have so many sessions
      Given a terminal server of its own with
        | what                    | is |
        | sessions of one address | 1  |
        | sessions in all         | 2  |
      When ana opens a terminal
      And ben tries to open a terminal
      Then ben is refused with "PER_IP_CAP"
      When ben tries to open a terminal from "127.0.0.2"
      Then ben gets a session
      When cid tries to open a terminal from "127.0.0.3"
      Then cid is refused with "GLOBAL_CAP"

    @p1 @catches.terminal-read-only-lets-enter-through
    Scenario: In read-only mode people look, and change nothing
      Given a terminal server of its own with
        | what      | is   |
        | read-only | true |
      When ana opens a terminal
      And ana types "nNl"
      And ana presses Enter
      Then ana is told that read-only mode keeps "Task creation" from being done, once
      And ana is told that read-only mode keeps "Cluster launch" from being done, once
      And ana is told that read-only mode keeps "This action" from being done, once
      And ana never saw "New task: "

    @p1
    Scenario: The server says at its start which limits it keeps
      Source: odd-demonstration, R3; the values are those of its own server.
      Catches no sabotage: the limits are defaults, which random mutants change.

      Given a terminal server of its own with
        | what      | is    |
        | read-only | false |
      Then its log tells of these limits
        | limit                        | is      |
        | sessions of one address      | 5       |
        | sessions in all              | 50      |
        | seconds that a token is good | 300     |
        | frames kept                  | 1000    |
        | bytes kept                   | 1048576 |
