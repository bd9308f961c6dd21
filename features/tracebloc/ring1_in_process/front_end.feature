@ring1 @p1 @nightly @pre-release @budget.1800 @needs.frontend
Feature: The front end

  It protects what people see: the front end's own Cypress specs run against this platform, out of a checkout of the front end, and each spec
  is told with its tests and failures.

  Scenario: The front end's own specs pass against this platform
    Catches: the platform's answers change, and pages that read them break where only the front end's own specs look.
    Catches no sabotage: the specs are the front end's own, and which answers they read is not known here.

    When the front end's own specs run against the platform
    Then every test of every spec passes
