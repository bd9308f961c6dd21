@ring1 @nightly @p1 @budget.30 @wording.api @wording.status-code
Feature: SDK contract: what a data scientist sees when the platform refuses

  It protects the words in which a refusal reaches whoever works with the published tracebloc SDK 1.2.63, unmodified: for every endpoint that the
  SDK asks, the type of the error and what it says. A gateway between the SDK and the real platform answers the endpoint of the row itself and
  passes everything else on. This feature promises the contract between the two, so it names HTTP statuses.

  Each row is checked for itself. Also checked in each: what writes is asked for once, what only reads is asked for three times more when the
  platform fails, and nothing is written where something was to be fetched. Where the platform answers nothing, the SDK's time-out of 30 seconds is
  set to one second in its own configuration; the 300 seconds of an upload cannot be set, so that row is left out.

  Catches: a new release of the SDK, or a new gateway in front of the platform, that leaves its users with a traceback or a wrong reason.
  Catches no sabotage: the refusals are the gateway's, and what is tested is the SDK.

  Background:
    Given a secure environment without a client has reported these rows:
      | intent | circle | square | triangle |
      | train  | 20     | 30     | 50       |
      | test   | 10     | 10     | 10       |
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case

  Scenario: Logging in and out
    Then refusals reach "the participant" like this:
      | while       | the platform answers | error               | words                                                  |
      | logging in  | 400 with words       | AuthenticationError | Login credentials are not correct. Please try again.   |
      | logging in  | 403 with words       | AuthenticationError | Login credentials are not correct. Please try again.   |
      | logging in  | 409 with words       | APIError            | API error 409: Not now.                                |
      | logging in  | 426 from 9.0.0       | APIError            | needs 9.0.0 or newer                                   |
      | logging in  | 500 with words       | APIError            | API error 500: It broke.                               |
      | logging in  | 500 without a word   | APIError            | API error 500: Internal Server Error                   |
      | logging in  | 502 as a web page    | APIError            | API error 502: Bad Gateway                             |
      | logging in  | 503 with words       | APIError            | API error 503: Come back later.                        |
      | logging in  | nothing              | APIError            | Failed to reach tracebloc API                          |
      | logging in  | a dropped connection | APIError            | Failed to reach tracebloc API                          |
      | logging in  | half an answer       | APIError            | Login succeeded but response had no token/token_scheme |
      | logging in  | an empty object      | APIError            | Login succeeded but response had no token/token_scheme |
      | logging in  | a list               | APIError            | Login succeeded but response had no token/token_scheme |
      | logging in  | a web page           | APIError            | Login succeeded but response had no token/token_scheme |
      | logging out | 400 with words       | APIError            | API error 400: Not like this.                          |
      | logging out | 403 with words       | APIError            | API error 403: Not for you.                            |
      | logging out | 409 with words       | APIError            | API error 409: Not now.                                |
      | logging out | 426 from 9.0.0       | APIError            | needs 9.0.0 or newer                                   |
      | logging out | 500 with words       | APIError            | API error 500: It broke.                               |
      | logging out | 502 as a web page    | APIError            | API error 502: Bad Gateway                             |
      | logging out | 503 with words       | APIError            | API error 503: Come back later.                        |
      | logging out | nothing              | APIError            | Failed to reach tracebloc API                          |
      | logging out | a dropped connection | APIError            | Failed to reach tracebloc API                          |
      | logging out | half an answer       | no error            | You have been logged out.                              |

  Scenario: Uploading a model
    Then refusals reach "the participant" like this:
      | while     | the platform answers | error                | words                                                              |
      | uploading | 400 with words       | ModelValidationError | server did not return a model id. Reason: server returned HTTP 400 |
      | uploading | 403 with words       | ModelValidationError | server returned HTTP 403: {"detail": "Not for you."}               |
      | uploading | 409 with words       | ModelValidationError | server returned HTTP 409: {"message": "Not now."                   |
      | uploading | 426 from 9.0.0       | ModelValidationError | needs 9.0.0 or newer                                               |
      | uploading | 500 with words       | ModelValidationError | server returned HTTP 500: {"message": "It broke."                  |
      | uploading | 502 as a web page    | ModelValidationError | server returned HTTP 502: <html>                                   |
      | uploading | 503 with words       | ModelValidationError | server returned HTTP 503: {"message": "Come back later."           |
      | uploading | a dropped connection | ModelValidationError | Failed to reach tracebloc API                                      |
      | uploading | half an answer       | ModelValidationError | upload request raised: JSONDecodeError                             |
      | uploading | an empty object      | ModelValidationError | upload request raised: KeyError: 'text'                            |
      | uploading | a list               | ModelValidationError | upload request raised: TypeError                                   |

  Scenario: Linking a model to a dataset
    Then refusals reach "the participant" like this:
      | while   | the platform answers     | error               | words                                                                                    |
      | linking | 400 with words           | DatasetLinkingError | Please provide a valid dataset ID.                                                       |
      | linking | 400 with words           | DatasetLinkingError | Not like this.                                                                           |
      | linking | 400 for an unknown model | DatasetLinkingError | run `user.upload_model(...)` again, then link it.                                        |
      | linking | 403 with words           | DatasetLinkingError | Not for you.                                                                             |
      | linking | 403 without a word       | DatasetLinkingError | You are not permitted to link dataset ID:                                                |
      | linking | 404 without a word       | DatasetLinkingError | Error Occurred. Linking Failed! (server returned HTTP 404 Not Found)                     |
      | linking | 409 with words           | DatasetLinkingError | Model Type and Dataset Category mismatched                                               |
      | linking | 426 from 9.0.0           | APIError            | needs 9.0.0 or newer                                                                     |
      | linking | 500 with words           | DatasetLinkingError | server returned HTTP 500 Internal Server Error; this is usually transient, please retry. |
      | linking | 502 as a web page        | DatasetLinkingError | server returned HTTP 502 Bad Gateway; this is usually transient, please retry.           |
      | linking | 503 with words           | DatasetLinkingError | Come back later.                                                                         |
      | linking | nothing                  | DatasetLinkingError | Failed to reach tracebloc API                                                            |
      | linking | a dropped connection     | DatasetLinkingError | Failed to reach tracebloc API                                                            |
      | linking | half an answer           | DatasetLinkingError | Error Occurred. Linking Failed! (invalid response body)                                  |
      | linking | a web page               | DatasetLinkingError | Error Occurred. Linking Failed! (invalid response body)                                  |
      | linking | an empty object          | DatasetLinkingError | unknown status: None                                                                     |

  Scenario: Choosing the rows to train on
    A choice that is refused is printed only; the plan can then not be started.

    Then refusals reach "the participant" like this:
      | while         | the platform answers | error      | words                         |
      | choosing rows | 400 with words       | ValueError | Not like this.                |
      | choosing rows | 409 with words       | ValueError | Not now.                      |
      | choosing rows | 426 from 9.0.0       | APIError   | needs 9.0.0 or newer          |
      | choosing rows | 500 with words       | ValueError | It broke.                     |
      | choosing rows | 503 with words       | ValueError | Come back later.              |
      | choosing rows | nothing              | APIError   | Failed to reach tracebloc API |
      | choosing rows | a dropped connection | APIError   | Failed to reach tracebloc API |

  Scenario: Starting an experiment
    Then refusals reach "the participant" like this:
      | while    | the platform answers     | error    | words                                                   |
      | starting | 400 with words           | APIError | Not like this. (code: NOT_LIKE_THIS)                    |
      | starting | 400 without a word       | APIError | The platform refused the experiment and gave no reason. |
      | starting | 400 by field             | APIError | cycles: must be >0                                      |
      | starting | 400 for lack of fields   | APIError | Mandatory Fields Missing. (code: MANDATORY_FIELDS)      |
      | starting | 400 for an unknown model | APIError | run `user.upload_model(...)` again, then link it.       |
      | starting | 403 with words           | APIError | API error 403: Not for you.                             |
      | starting | 409 with words           | APIError | Not now. (code: NOT_NOW)                                |
      | starting | 426 from 9.0.0           | APIError | needs 9.0.0 or newer                                    |
      | starting | 500 with words           | APIError | It broke. (code: INTERNAL)                              |
      | starting | 500 without a word       | APIError | API error 500: Internal Server Error                    |
      | starting | 502 as a web page        | APIError | API error 502: Bad Gateway                              |
      | starting | 503 with words           | APIError | Come back later. (code: UNAVAILABLE)                    |
      | starting | nothing                  | APIError | Failed to reach tracebloc API                           |
      | starting | a dropped connection     | APIError | Failed to reach tracebloc API                           |

  Scenario: Scoring a stored model without training
    Given "the participant" keeps the "weak linear" with untrained weights on the platform
    Then refusals reach "the participant" like this:
      | while   | the platform answers | error                 | words                                                                            |
      | scoring | 400 with words       | InferenceRefusedError | Not like this. (code: NOT_LIKE_THIS)                                             |
      | scoring | 403 with words       | InferenceRefusedError | Not for you.                                                                     |
      | scoring | 404 without a word   | InferenceRefusedError | This platform cannot start an inference-only run yet                             |
      | scoring | 409 with words       | InferenceRefusedError | Not now. (code: NOT_NOW)                                                         |
      | scoring | 426 from 9.0.0       | APIError              | needs 9.0.0 or newer                                                             |
      | scoring | 500 with words       | InferenceRefusedError | It broke. (code: INTERNAL)                                                       |
      | scoring | 500 without a word   | APIError              | did not answer the inference request (HTTP 500), so the run may have started     |
      | scoring | 502 as a web page    | APIError              | did not answer the inference request (HTTP 502), so the run may have started     |
      | scoring | 503 with words       | InferenceRefusedError | Come back later. (code: UNAVAILABLE)                                             |
      | scoring | nothing              | APIError              | Failed to reach tracebloc API                                                    |
      | scoring | a dropped connection | APIError              | Failed to reach tracebloc API                                                    |
      | scoring | half an answer       | APIError              | The platform accepted the inference request, but its answer did not name the run |
      | scoring | an empty object      | APIError              | The platform accepted the inference request, but its answer did not name the run |
      | scoring | a list               | APIError              | The platform accepted the inference request, but its answer did not name the run |

  Scenario: Reading what the platform refuses to show
    Given the owner lets participants combine columns
    And "the participant" keeps the "weak linear" with untrained weights on the platform
    Then refusals reach "the participant" like this:
      | while                       | the platform answers | error    | words                                                                |
      | following                   | 400 with words       | APIError | API error 400: Not like this.                                        |
      | following                   | 403 with words       | APIError | API error 403: Not for you.                                          |
      | following                   | 404 without a word   | no error | not a word                                                           |
      | following                   | 409 with words       | APIError | API error 409: Not now.                                              |
      | following                   | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | following                   | half an answer       | APIError | Malformed experiment-status response body                            |
      | following                   | a list               | APIError | Malformed experiment-status response body                            |
      | following                   | an empty object      | no error | not a word                                                           |
      | reading the columns         | 400 with words       | no error | Warning: Failed to fetch schema from API. Status code: 400           |
      | reading the columns         | 403 with words       | no error | Warning: Failed to fetch schema from API. Status code: 403           |
      | reading the columns         | 409 with words       | no error | Warning: Failed to fetch schema from API. Status code: 409           |
      | reading the columns         | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | reading the columns         | half an answer       | no error | Warning: Error fetching schema from API                              |
      | reading the columns         | an empty object      | no error | Warning: No features found for dataset                               |
      | fetching the model          | 400 with words       | APIError | Fetching the model of 'weak_linear' failed (400): Not like this.     |
      | fetching the model          | 403 with words       | APIError | Fetching the model of 'weak_linear' failed (403): Not for you.       |
      | fetching the model          | 404 without a word   | APIError | No uploaded model named 'weak_linear' for this account.              |
      | fetching the model          | 409 with words       | APIError | Fetching the model of 'weak_linear' failed (409): Not now.           |
      | fetching the model          | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching the model          | half an answer       | APIError | nothing was written                                                  |
      | fetching its weights        | 400 with words       | APIError | Fetching the weights of 'weak_linear' failed (400): Not like this.   |
      | fetching its weights        | 403 with words       | APIError | Fetching the weights of 'weak_linear' failed (403): Not for you.     |
      | fetching its weights        | 409 with words       | APIError | Fetching the weights of 'weak_linear' failed (409): Not now.         |
      | fetching its weights        | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching its weights        | half an answer       | APIError | nothing was written                                                  |
      | fetching its tokenizer      | 400 with words       | APIError | Fetching the tokenizer of 'weak_linear' failed (400): Not like this. |
      | fetching its tokenizer      | 403 with words       | APIError | Fetching the tokenizer of 'weak_linear' failed (403): Not for you.   |
      | fetching its tokenizer      | 409 with words       | APIError | Fetching the tokenizer of 'weak_linear' failed (409): Not now.       |
      | fetching its tokenizer      | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching its tokenizer      | half an answer       | APIError | nothing was written                                                  |
      | fetching a template         | 400 with words       | APIError | Fetching the model of zoo template                                   |
      | fetching a template         | 403 with words       | APIError | failed (403): Not for you.                                           |
      | fetching a template         | 404 without a word   | APIError | The model zoo has no template                                        |
      | fetching a template         | 409 with words       | APIError | failed (409): Not now.                                               |
      | fetching a template         | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching a template         | half an answer       | APIError | nothing was written                                                  |
      | fetching its parts          | 400 with words       | APIError | Fetching the tokenizer of zoo template                               |
      | fetching its parts          | 403 with words       | APIError | failed (403): Not for you.                                           |
      | fetching its parts          | 409 with words       | APIError | failed (409): Not now.                                               |
      | fetching its parts          | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching its parts          | half an answer       | APIError | nothing was written                                                  |
      | fetching pretrained weights | 400 with words       | APIError | failed (400): Not like this.                                         |
      | fetching pretrained weights | 403 with words       | APIError | The tracebloc notebook pod can reach only tracebloc hosts            |
      | fetching pretrained weights | 404 without a word   | APIError | The model zoo has no pretrained seed for template                    |
      | fetching pretrained weights | 409 with words       | APIError | failed (409): Not now.                                               |
      | fetching pretrained weights | 426 from 9.0.0       | APIError | needs 9.0.0 or newer                                                 |
      | fetching pretrained weights | half an answer       | APIError | seed record for 'two_layer_perceptron' is malformed                  |
      | fetching pretrained weights | an empty object      | APIError | seed record for 'two_layer_perceptron' is malformed                  |

  @budget.60
  Scenario: Reading what the platform fails to answer
    All rows are tried at once, each with a session of its own: the SDK takes three seconds for its four tries.

    Given the owner lets participants combine columns
    And "the participant" keeps the "weak linear" with untrained weights on the platform
    Then failures, all at once, reach "the participant" like this:
      | while                       | the platform answers | error    | words                                                                        |
      | following                   | 500 with words       | APIError | API error 500: It broke.                                                     |
      | following                   | 502 as a web page    | APIError | API error 502: Bad Gateway                                                   |
      | following                   | 503 with words       | APIError | API error 503: Come back later.                                              |
      | following                   | nothing              | APIError | Failed to reach tracebloc API                                                |
      | following                   | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | reading the columns         | 500 with words       | no error | Warning: Failed to fetch schema from API. Status code: 500                   |
      | reading the columns         | 502 as a web page    | no error | Warning: Failed to fetch schema from API. Status code: 502                   |
      | reading the columns         | 503 with words       | no error | Warning: Failed to fetch schema from API. Status code: 503                   |
      | reading the columns         | nothing              | no error | Warning: Error fetching schema from API                                      |
      | reading the columns         | a dropped connection | no error | Warning: Error fetching schema from API                                      |
      | fetching the model          | 500 with words       | APIError | Fetching the model of 'weak_linear' failed (500): It broke.                  |
      | fetching the model          | 502 as a web page    | APIError | Fetching the model of 'weak_linear' failed (502): Bad Gateway                |
      | fetching the model          | 503 with words       | APIError | Fetching the model of 'weak_linear' failed (503): Come back later.           |
      | fetching the model          | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching the model          | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | fetching its weights        | 500 with words       | APIError | Fetching the weights of 'weak_linear' failed (500): It broke.                |
      | fetching its weights        | 502 as a web page    | APIError | Fetching the weights of 'weak_linear' failed (502): Bad Gateway              |
      | fetching its weights        | 503 with words       | APIError | Fetching the weights of 'weak_linear' failed (503): Come back later.         |
      | fetching its weights        | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching its weights        | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | fetching its tokenizer      | 500 with words       | APIError | Fetching the tokenizer of 'weak_linear' failed (500): It broke.              |
      | fetching its tokenizer      | 502 as a web page    | APIError | Fetching the tokenizer of 'weak_linear' failed (502): Bad Gateway            |
      | fetching its tokenizer      | 503 with words       | APIError | Fetching the tokenizer of 'weak_linear' failed (503): Come back later.       |
      | fetching its tokenizer      | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching its tokenizer      | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | fetching a template         | 500 with words       | APIError | failed (500): It broke.                                                      |
      | fetching a template         | 502 as a web page    | APIError | failed (502): Bad Gateway                                                    |
      | fetching a template         | 503 with words       | APIError | failed (503): Come back later.                                               |
      | fetching a template         | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching a template         | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | fetching its parts          | 500 with words       | APIError | failed (500): It broke.                                                      |
      | fetching its parts          | 502 as a web page    | APIError | failed (502): Bad Gateway                                                    |
      | fetching its parts          | 503 with words       | APIError | failed (503): Come back later.                                               |
      | fetching its parts          | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching its parts          | a dropped connection | APIError | Failed to reach tracebloc API                                                |
      | fetching pretrained weights | 500 with words       | APIError | Asking for the seed of 'two_layer_perceptron' failed (500): It broke.        |
      | fetching pretrained weights | 502 as a web page    | APIError | Asking for the seed of 'two_layer_perceptron' failed (502): Bad Gateway      |
      | fetching pretrained weights | 503 with words       | APIError | Asking for the seed of 'two_layer_perceptron' failed (503): Come back later. |
      | fetching pretrained weights | nothing              | APIError | Failed to reach tracebloc API                                                |
      | fetching pretrained weights | a dropped connection | APIError | Failed to reach tracebloc API                                                |

  @upstream.sdk-leaks-bare-errors
  Scenario: Answers that leave the SDK with errors of Python, not of its own
    Known of SDK 1.2.63: these answers are not foreseen. The rows say what a data scientist sees today; when one no longer holds, the SDK has been
    mended and the row goes to the scenario of its endpoint.

    Then refusals reach "the participant" like this:
      | while         | the platform answers | error           | words                          |
      | linking       | a list               | AttributeError  | 'list' object has no attribute |
      | choosing rows | 403 with words       | KeyError        | 'message'                      |
      | choosing rows | 403 without a word   | JSONDecodeError | Expecting value                |
      | choosing rows | 502 as a web page    | JSONDecodeError | Expecting value                |
      | choosing rows | half an answer       | JSONDecodeError | Expecting value                |
      | choosing rows | an empty object      | KeyError        | 'total_data_per_edge'          |
      | starting      | half an answer       | JSONDecodeError | Expecting value                |
      | starting      | an empty object      | KeyError        | 'experimentKey'                |
