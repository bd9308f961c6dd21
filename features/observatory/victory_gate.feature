@ring1 @p0 @without-platform @budget.120
Feature: The victory gate

  It protects: a release goes out after three green pull requests in a row and a green night, by a rule that a machine keeps.
  Source: invariant I6 of the observatory, which is a rule on paper there.
  Catches no sabotage: nothing of the platform runs here. The gate has tests of its own for each rule.

  Scenario: Three greens and a green night are enough
    Catches: the gate is so strict that everybody goes around it.

    Given runs of pull requests that ended "red, green, green, green", the latest last
    And a night that ended "red"
    And a night that ended "green"
    When the victory gate decides
    Then the release may go

  Scenario Outline: A row of greens is not whole: <runs>
    Catches: a release goes out on the one run that happened to be green.

    Given runs of pull requests that ended "<runs>", the latest last
    And a night that ended "green"
    When the victory gate decides
    Then the release has to wait, since "<why>"

    Examples:
      | runs                                 | why                |
      | green, green                         | 2 green in a row   |
      | green, green, red                    | 0 green in a row   |
      | green, red, green, green             | 2 green in a row   |
      | green, with everything skipped, green, green | 2 green in a row |
      | green, without its platform, green, green | 2 green in a row |
      | green, with a defect on purpose, green, green | 2 green in a row |

  Scenario Outline: The night was <night>
    Catches: the visual tests fail every night for weeks, and releases go on, since nobody looks at nights.

    Given runs of pull requests that ended "green, green, green", the latest last
    And a night that ended "<night>"
    When the victory gate decides
    Then the release has to wait, since "<why>"

    Examples:
      | night                   | why                        |
      | green, red              | 0 green in a row           |
      | with everything skipped | all 25 were skipped        |
      | without its platform    | the platform never started |

  Scenario: Without any night there is nothing to trust
    Catches: the nightly job is switched off, and its silence counts as green.

    Given runs of pull requests that ended "green, green, green", the latest last
    And no night
    When the victory gate decides
    Then the release has to wait, since "there is no run to judge"
