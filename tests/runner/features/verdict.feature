@p0
Feature: A run's verdict can be trusted

  CI blocks a release on the exit code, people read the last lines. What is not certain is never green.

  Catches no sabotage: it is about the runner, and needs no platform.

  Scenario Outline: "<tags>" on a scenario of which "<step>" ends with exit code <code>
    Given a project with a scenario that passes
    And a scenario tagged "<tags>" of which "<step>"
    When it is run
    Then the exit code is <code>
    And it says "<told>"

    Examples: What the platform did wrong weighs as the tag says
      | tags                        | step      | code | told            |
      | @p0                         | it fails  | 1    | (1 blocking)    |
      | @p1                         | it fails  | 0    | (1 warning)     |
      | @p2                         | it breaks | 0    | (1 informing)   |
      | @p0 @quarantine.7.2999-12-31 | it fails  | 0    | (1 quarantined) |
      | @p0 @quarantine.7.2020-12-31 | it fails  | 1    | (1 blocking)    |

    Examples: What nobody knows of always blocks
      | tags | step                | code | told         |
      | @p2  | nobody knows this   | 1    | (1 blocking) |
      | @p2  | it is pending       | 1    | (1 blocking) |
      | @p2  | it cleans up badly  | 1    | (1 blocking) |

    Examples: Time has a code of its own
      | tags              | step          | code | told         |
      | @p0 @budget.0.2   | it takes 30 s | 4    | (1 blocking) |

  Scenario Outline: What is given wrong is refused before anything starts: <options>
    Given a project with a scenario that passes
    When it is run with "<options>"
    Then the exit code is 2
    And it says "<told>"
    And nobody sees a traceback

    Examples:
      | options              | told                                |
      | --tags @unknown      | @unknown                            |
      | --shard 3/2          | there is no shard 3 of 2            |
      | features/gone        | features/gone                       |
      | --substrate nowhere  | there is no substrate 'nowhere'     |
      | --rerun-failed       | there is no earlier run             |
