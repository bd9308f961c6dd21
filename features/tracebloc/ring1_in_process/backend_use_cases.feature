@ring1 @p0
Feature: Backend flow: the use cases of one owner keep apart

  It protects each use case from its neighbours: people who work in two of them on the same datasets have a team, a budget and a rank in each.

  And it protects what an owner says of a use case: everybody reads it as it was said, and what work is judged by stays as it was.

  The secure environment is a stub participant, which says what a cycle cost.

  @budget.60 @catches.start-allowed-without-budget @catches.use-cases-share-teams @catches.leaving-closes-every-door
  Scenario: Two use cases do not share budgets
    Catches: whoever has used up the budget of one use case is refused in all of the owner's, or spends the budget of the other; or who leaves
    one is shut out of all.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And the use case is called "first"
    And another use case for "tabular classification" scored by "accuracy" is published on them
    And the use case is called "second"
    And "Ada" has joined the use case "first"
    And "Ben" has joined the use case "first"
    And "Ada" has joined the use case "second"
    And "Cleo" has joined the use case "first"
    And "Cleo" is invited to the use case "second"
    And from here on, it is about the use case "first"
    And "Ada" has started an experiment of 2 cycles by a script
    When the stub participant trains cycle 1 of "Ada", which costs 1.25 PetaFLOPs
    Then the experiment is "Stopped"
    And the team of "Ada" in the use case "first" has a budget of 1 PetaFLOPs, of which 1.25 are spent
    And the team of "Ada" in the use case "second" has a budget of 1 PetaFLOPs, of which 0 are spent
    And "Ada" cannot start an experiment: "Your team has no compute budget left. (code: BUDGET_EXHAUSTED)"
    When from here on, it is about the use case "second"
    Then the team of "Ada" has 0 experiments
    And "Ada" can start an experiment
    And the team of "Ada" has 1 experiment
    When "Ada" leaves the use case "first"
    Then "Ada" is the only member of their team
    When "Ben" is invited to the team of "Ada"
    And "Ben" joins the use case "second"
    Then "Ada" and "Ben" are the members of "Team 1"
    When "Cleo" leaves the use case "first"
    And "Cleo" joins the use case "second"
    Then "Cleo" is the only member of their team

  @budget.60 @catches.score-changed-under-submissions
  Scenario: What the owner says of a use case is what everybody reads, and the score stays
    Catches: a change that the owner sees and nobody else, or a score that is turned round when the first teams lead.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "Ada" has joined the use case
    Then "the owner" and "Ada" read of the use case:
      | what                    | words                       |
      | task                    | tabular_classification      |
      | description             | Toy data of the QA playbook |
      | rules                   | Be fair                     |
      | status                  | published                   |
      | private                 | yes                         |
      | columns may be combined | no                          |
      | metric                  | accuracy                    |
      | higher is better        | yes                         |
      | budget                  | 1.0                         |
      | seconds of a cycle      | 86400.0                     |
      | quorum                  | 0.5                         |
    When the owner changes of the use case:
      | what                    | words          |
      | title                   | Sick or well?  |
      | columns may be combined | yes            |
    Then "the owner" and "Ada" read of the use case:
      | what                    | words                       |
      | title                   | Sick or well?               |
      | description             | Toy data of the QA playbook |
      | rules                   | Be fair                     |
      | columns may be combined | yes                         |
      | budget                  | 1.0                         |
    When the owner changes of the use case:
      | what                    | words      |
      | description             | Other data |
      | rules                   | Be quick   |
      | columns may be combined | no         |
      | budget                  | 9000.0     |
      | seconds of a cycle      | 0.5        |
      | quorum                  | 1.0        |
    Then "the owner" and "Ada" read of the use case:
      | what                    | words         |
      | title                   | Sick or well? |
      | description             | Other data    |
      | rules                   | Be quick      |
      | columns may be combined | no            |
      | budget                  | 9000.0        |
      | seconds of a cycle      | 0.5           |
      | quorum                  | 1.0           |
    And these changes of the use case are refused:
      | who       | what               | words | reason                                                              |
      | the owner | metric             | rmse  | The use case is published: its score cannot be changed any more.    |
      | the owner | datasets           | none  | The use case is published: its datasets cannot be changed any more. |
      | the owner | budget             | 9001  | budget_petaflops: Input should be less than or equal to 9000        |
      | the owner | budget             | -1    | budget_petaflops: Input should be greater than or equal to 0        |
      | the owner | quorum             | 0     | quorum: Input should be greater than 0                              |
      | the owner | quorum             | 1.01  | quorum: Input should be less than or equal to 1                     |
      | the owner | seconds of a cycle | 0     | deadline_seconds: Input should be greater than 0                    |
      | Ada       | title              | Mine  | Only the owner of this use case may do that.                        |

  @budget.60 @catches.unlike-test-data-attached
  Scenario: Datasets that do not go together are not attached
    Catches: a use case whose test data no model can be scored on, or whose training data is another task's.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And it has reported these datasets as well:
      | dataset                  | intent | rows | column  |
      | of another column        | test   | 40   | another |
      | of no rows               | train  | 0    |         |
      | a second of its training | train  | 80   |         |
    When the owner creates a private use case with a title and the task "tabular classification"
    Then these datasets cannot be attached to it:
      | training                                         | test                     | reason                                                                 |
      | its training dataset                             | of another column        | The datasets do not have the same feature columns.                     |
      | of no rows                                       | its test dataset         | has no rows.                                                           |
      | its test dataset                                 | its test dataset         | was ingested with the intent test, not train.                          |
      | its training dataset                             | a second of its training | was ingested with the intent train, not test.                          |
      | its training dataset + a second of its training  | its test dataset         | A use case takes one dataset of each intent from a secure environment. |
    When the owner creates a private use case with a title and the task "image classification"
    Then these datasets cannot be attached to it:
      | training             | test             | reason                                                                |
      | its training dataset | its test dataset | is for tabular_classification, the use case for image_classification. |

  @budget.60 @needs.mailbox @catches.earlier-datasets-stay-attached
  Scenario: The datasets that the owner attaches last are those of the use case
    Catches: a hospital is taken out before the use case is published, and models are trained on its rows all the same.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And another stub participant is Online with 20 rows to train and 10 rows to test
    When the owner creates a private use case with a title and the task "tabular classification"
    And the owner attaches the training and test datasets, the score "accuracy" and a description
    And the owner attaches the datasets of the second environment instead
    And the owner sets a budget of 1 PetaFLOPs, invites two collaborators by e-mail and publishes
    And "Ada" is invited to the use case
    And "Ada" joins the use case
    And "Ada" links a model by a script
    Then "Ada" is told of these rows of each environment:
      | environment | rows |
      | second      | 20   |

  @budget.60 @catches.draft-shown-to-everybody
  Scenario: A draft is its owner's alone, and what is published is open to those it is meant for
    Catches: competitors read what an owner prepares, or a use case that is meant for everybody is closed to all but the invited.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And "Ada" has an account
    And "Ben" has an account in the domain "guild.example"
    And the owner has these use cases:
      | use case | status    | meant for                  |
      | sketch   | draft     | the invited                |
      | plan     | draft     | everybody                  |
      | idea     | draft     | everybody of guild.example |
      | club     | published | the invited                |
      | park     | published | everybody                  |
      | guild    | published | everybody of Guild.Example |
    And "Ada" is invited to the use case "sketch"
    And "Ada" is invited to the use case "club"
    Then these use cases are open like this:
      | who       | use case | shown | joining                                  |
      | the owner | sketch   | yes   | The use case is not published yet.       |
      | the owner | plan     | yes   | The use case is not published yet.       |
      | Ada       | sketch   | no    | There is no such use case.               |
      | Ada       | plan     | no    | There is no such use case.               |
      | Ada       | club     | yes   | joined                                   |
      | Ada       | park     | yes   | joined                                   |
      | Ada       | guild    | no    | You are not invited to this use case.    |
      | Ben       | plan     | no    | There is no such use case.               |
      | Ben       | idea     | no    | There is no such use case.               |
      | Ben       | club     | no    | You are not invited to this use case.    |
      | Ben       | park     | yes   | joined                                   |
      | Ben       | guild    | yes   | joined                                   |
      | the owner | club     | yes   | joined                                   |
