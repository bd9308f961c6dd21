@ring3 @nightly @pre-release @p0
Feature: Scenario ladder 4: a private use case for one domain

  It protects the owner's data and the teams' work: whoever is of another domain or was not invited can neither see, link, start nor read
  anything of it, and within the use case a team's experiments, submissions and models are its own.

  No public document tells what "domain scoped" means. This is our choice: the use case names e-mail domains, and somebody enters only who is
  of one of them and invited. An invitation to an address of another domain opens nothing.

  @budget.60 @catches.other-domain-let-in @catches.invitation-not-needed @catches.link-without-joining
  Scenario: The invited of the domain can work in it, others can neither see nor use any of it
    Given a secure environment is Online with 100 rows to train and 60 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them for the domain "hospital.example"
    And "the invited" has an account in the domain "hospital.example"
    And "the invited" has joined the use case
    And "the competitor" has an account in the domain "other-hospital.example"
    And "the competitor" is invited to the use case
    And "the colleague" has an account in the domain "hospital.example"
    When "the invited" trains the "two layer CNN" for 1 epoch and 1 cycle
    And "the invited" keeps the "two layer CNN" with its trained weights on the platform
    And "the invited" submits cycle 1 for inference
    Then "the invited" is on the leaderboard with rank 1 and a score better than chance
    And to "the competitor" all of this is refused:
      | way                                       | words                                   |
      | finding it among the use cases            | nothing is shown                        |
      | opening it                                | There is no such use case.              |
      | joining it                                | You are not invited to this use case.   |
      | reading the columns of its dataset        | You do not have permission              |
      | linking a model with the SDK              | Cannot link dataset ID                  |
      | starting an experiment                    | You are not part of this use case.      |
      | reading the leaderboard                   | There is no such use case.              |
      | following the experiment with the SDK     | nothing is shown                        |
      | finding the experiment in the list        | nothing is shown                        |
      | opening the experiment                    | There is no such experiment.            |
      | submitting its cycle                      | There is no such experiment.            |
      | reading its submissions                   | There is no such use case.              |
      | fetching the model with the SDK           | No uploaded model named 'two_layer_cnn' |
      | fetching the model's weights              | There is no such model.                 |
      | scoring the model with the SDK            | No uploaded model named 'two_layer_cnn' |
      | scoring a model of one's own with the SDK | Cannot link dataset ID                  |
    And to "the colleague" all of this is refused:
      | way                                   | words                                 |
      | finding it among the use cases        | nothing is shown                      |
      | opening it                            | There is no such use case.            |
      | joining it                            | You are not invited to this use case. |
      | reading the columns of its dataset    | You do not have permission            |
      | starting an experiment                | You are not part of this use case.    |
      | reading the leaderboard               | There is no such use case.            |
      | following the experiment with the SDK | nothing is shown                      |
    And to "the invited" all of this is open:
      | way                                   |
      | finding it among the use cases        |
      | opening it                            |
      | reading the columns of its dataset    |
      | reading the leaderboard               |
      | following the experiment with the SDK |
      | finding the experiment in the list    |
      | opening the experiment                |
      | reading its submissions               |
      | fetching the model with the SDK       |
      | fetching the model's weights          |

  @budget.30 @catches.experiment-visible-to-other-teams @catches.model-fetched-by-anybody
  Scenario: Another team of the use case sees the ranking, and nothing of the work behind it
    The secure environment is a stub participant, since it is the teams that are protected from each other here.

    Given a stub participant is Online with 80 rows to train and 40 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them for the domain "Hospital.Example"
    And "the rival" has an account in the domain "hospital.example"
    And "the rival" has joined the use case
    And "the invited" has an account in the domain "hospital.example"
    And "the invited" has joined the use case
    And "the invited" has trained cycle 1 of 1
    When "the invited" keeps the "weak linear" with its trained weights on the platform
    And cycle 1 is submitted and scored, one after the other, by:
      | who         | score |
      | the invited | 0.9   |
    Then to "the rival" all of this is open:
      | way                                |
      | finding it among the use cases     |
      | opening it                         |
      | reading the columns of its dataset |
      | reading the leaderboard            |
    And to "the rival" all of this is refused:
      | way                                   | words                                 |
      | following the experiment with the SDK | nothing is shown                      |
      | finding the experiment in the list    | nothing is shown                      |
      | opening the experiment                | There is no such experiment.          |
      | submitting its cycle                  | There is no such experiment.          |
      | reading its submissions               | nothing is shown                      |
      | fetching the model with the SDK       | No uploaded model named 'weak_linear' |
      | fetching the model's weights          | There is no such model.               |
      | scoring the model with the SDK        | No uploaded model named 'weak_linear' |
      | stopping the experiment               | There is no such experiment.          |
