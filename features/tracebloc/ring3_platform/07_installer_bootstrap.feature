@ring3 @pre-release @p0 @budget.60 @needs.installer.scripts
Feature: The installer's bootstrap

  It protects the one line that people paste into a shell: it fetches the installer's scripts, and runs none that it cannot vouch for.
  Source: tracebloc client 1.9.62, scripts/install.sh, run unmodified as in the installer's own feature; what it fetches comes out of the checkout.

  Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

  Scenario Outline: The bootstrap is asked for <what>, and refuses
    Given a machine where <what> is asked for
    When the owner runs the public one-line bootstrap on it
    Then it ends with exit code 1
    And it reports nothing
    And it says "<words>"
    And no cluster was made

    Examples:
      | what                                            | words                                             |
      | no release                                      | wasn't stamped with a pinned release tag          |
      | a branch                                        | 'develop' is not an immutable release tag         |
      | a branch with a path in its name, unverified    | contains a path separator                         |
      | a release without checksums                     | Couldn't fetch the installer's integrity checksums |
      | a release without a signature                   | cosign is required to verify                      |
      | a branch that was altered on the way, unverified | Integrity check FAILED for scripts/lib/common.sh  |

  Scenario Outline: The bootstrap is asked for <what>, warns and installs
    Given a machine where <what> is asked for
    When the owner runs the public one-line bootstrap on it
    Then it ends with exit code 0 and reports the event "install.run.succeeded", phase "connect", error "", client "connected"
    And it says "UNVERIFIED INSTALL"

    Examples:
      | what                  |
      | a branch, unverified  |
      | a commit, unverified  |

  Scenario: A machine that is set up and healthy is left alone
    Given a machine where everything is set up already
    When the owner runs the public one-line bootstrap on it
    Then it ends with exit code 0
    And it reports nothing
    And it says "Already set up and healthy"
    And nothing was fetched
    And no cluster was made
