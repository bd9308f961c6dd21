@ring1 @nightly @p0 @budget.20 @wording.api @wording.status-code
Feature: SDK contract: recorded, played again, and compared

  It protects whoever builds on the platform's answers without running it, and notices the day on which the platform answers differently. What the
  published tracebloc SDK 1.2.63, unmodified, and a platform say to each other is kept in readable files, which `ringmaster record` makes anew.

  The same ways are walked on the running platform and from the recordings alone. Between the two only shapes are compared: status, kind of content,
  keys and types. What is new in an answer is no difference, since no released SDK reads it.

  Scenario Outline: "<flow>", on the running platform, is as it was recorded
    Catches: an answer that changed without anybody telling those who read it.

    Given a data scientist on the running platform
    When the data scientist goes through "<flow>"
    Then today's answers have the shapes of the recording
    And the data scientist sees the same as from the recording
    And no secret of this run was recorded

    @catches.status-reason-missing @catches.link-answer-lacks-class-names @catches.upload-answered-with-200
    Examples: what leads to a result
      | flow     |
      | training |

    @catches.stored-model-differs-from-upload @catches.seed-record-outdated
    Examples: what the platform keeps or offers
      | flow          |
      | stored models |

    @catches.link-takes-any-shape
    Examples: what the platform refuses
      | flow     |
      | refusals |

  @without.backend @without.object-store @without.service-bus
  Scenario: Training, from its recording, with no platform in reach
    Catches: an SDK that no longer asks, or no longer understands, what it did when the recording was made.
    Catches no sabotage: no platform takes part.

    Given a data scientist whose platform cannot be reached
    When the data scientist goes through "training" as it was recorded
    Then the data scientist sees:
      | act                           | what is seen             |
      | logs in                       | done                     |
      | uploads a model               | done                     |
      | links it                      | circle, square, triangle |
      | chooses 12 rows of each class | done                     |
      | starts                        | an experiment            |
      | asks how it is                | Pending                  |
      | logs out                      | done                     |
    And nothing that was recorded is left over

  @without.backend @without.object-store @without.service-bus
  Scenario: Stored models, from their recording, with no platform in reach
    Catches: the same, for models that the platform keeps or offers.
    Catches no sabotage: no platform takes part.

    Given a data scientist whose platform cannot be reached
    When the data scientist goes through "stored models" as it was recorded
    Then the data scientist sees:
      | act                    | what is seen                                                       |
      | logs in                | done                                                               |
      | fetches the kept model | weak_linear.py, weak_linear_weights.safetensors, as they were kept |
      | has it scored          | Scored with: your uploaded weights                                 |
      | asks how it is         | Pending                                                            |
      | fetches a template     | two_layer_perceptron.py                                            |
      | fetches its weights    | two_layer_perceptron_weights.pkl                                   |
      | logs out               | done                                                               |
    And nothing that was recorded is left over

  @without.backend @without.object-store @without.service-bus
  Scenario: Refusals, from their recording, with no platform in reach
    Catches: the same, for what the platform refuses.
    Catches no sabotage: no platform takes part.

    Given a data scientist whose platform cannot be reached
    When the data scientist goes through "refusals" as it was recorded
    Then the data scientist sees:
      | act                 | what is seen                                                                                                          |
      | logs in wrongly     | AuthenticationError: Login credentials are not correct. Please try again.                                             |
      | logs in             | done                                                                                                                  |
      | uploads a model     | done                                                                                                                  |
      | links it to nothing | DatasetLinkingError: Please provide a valid dataset ID. There is no dataset with ID: unknown. Dataset does not exist. |
      | links another shape | DatasetLinkingError: Assignment failed: model parameters do not match the dataset.                                    |
      | asks for nothing    | None                                                                                                                  |
      | fetches nothing     | APIError: API error 404: No uploaded model named 'unknown' for this account.                                          |
      | fetches no weights  | APIError: API error 404: The model zoo has no pretrained seed for template 'unknown'.                                 |
      | uses a wrong token  | APIError: API error 401: Invalid token.                                                                               |
    And nothing that was recorded is left over
