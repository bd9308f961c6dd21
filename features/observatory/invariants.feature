@ring1 @p1 @without-platform @budget.10
Feature: The invariants of the observatory

  It protects: the document of invariants says what is really held, so that nobody relies on a sentence that nothing checks.
  Source: docs/agents/INVARIANTS.md of odd-demonstration. It calls some enforced whose check cannot fail: P4 finds its counter before the first
  job, and nightly visual tests end green whatever they find.
  Catches no sabotage: nothing of the platform runs here. The list's own tests break each of its rules once.

  Scenario: Each invariant is held by a scenario, or told to be documented only
    Catches: a scenario is renamed or removed, and the document still promises what it held.

    When the list of invariants is read
    Then it has these of the document, and no others
      | group                | invariants                   |
      | contracts            | C1 C2 C3 C4 C5               |
      | cross-platform       | X1 X2 X3 X4                  |
      | coverage and visuals | V1 V2 V2a V3 V4 V5 V6 V7     |
      | integration          | I1 I2 I3 I4 I5 I6 I7         |
      | automation           | A1 A2 A3                     |
      | images               | B1 B2 B3 B4                  |
      | release              | R1                           |
    And each is held by scenarios that are there, or says why it is documented only
    And 11 are held, and 21 are documented only
