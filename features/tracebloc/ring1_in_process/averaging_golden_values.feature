@ring1 @nightly @p0 @budget.20
Feature: Averaging golden values

  It protects the numbers that federated learning gives: three sets of weights on disk are averaged, and what comes out is compared with
  values that were computed by hand and stand in these tables.

  The rule (McMahan et al. 2017): each number counts by the rows its participant trained on. What is no floating point number, such as the
  counter of a batch normalisation, has no mean: it is taken from the participant with most rows, the first of equals. Weights that do not
  match the others', or that hold no finite numbers, are refused in words, and nothing is averaged without them.

  Background:
    Given three participants trained on 100, 50 and 50 rows and hold these weights:
      | tensor                   | type    | first    | second    | third     |
      | layer.weight             | float32 | 1.0, 2.0 | 4.0, -8.0 | 2.0, 6.0  |
      | layer.bias               | float32 | 0.0      | 3.0       | 1.0       |
      | norm.running_mean        | float64 | 0.5      | 0.1       | 0.3       |
      | norm.num_batches_tracked | int64   | 10       | 5         | 4         |

  @catches.weights-averaged-unweighted @catches.first-participant-counted-twice @catches.integer-buffers-averaged
  Scenario: Three sets of weights are averaged by their rows
    (100 x 1.0 + 50 x 4.0 + 50 x 2.0) / 200 = 2.0, and so on. The mean of the counters would be 7.25, of which 7 would remain.
    Catches: after a rewrite of the averaging small hospitals steer the model, the first to arrive counts twice, or counters drift.

    When their weights are averaged
    Then the averaged weights are:
      | tensor                   | type    | value    |
      | layer.weight             | float32 | 2.0, 0.5 |
      | layer.bias               | float32 | 1.0      |
      | norm.running_mean        | float64 | 0.35     |
      | norm.num_batches_tracked | int64   | 10       |

  @catches.weights-averaged-unweighted @catches.first-participant-counted-twice @catches.integer-buffers-averaged
  Scenario: The running averaging service comes to the same values
    Catches: the averaging is right in its own tests, and the service that is deployed averages something else, or not all participants.

    When their weights are stored and the averaging service is told that they are ready
    Then the averaged weights are:
      | tensor                   | type    | value    |
      | layer.weight             | float32 | 2.0, 0.5 |
      | layer.bias               | float32 | 1.0      |
      | norm.running_mean        | float64 | 0.35     |
      | norm.num_batches_tracked | int64   | 10       |
    And the service announces an average over 100, 50 and 50 rows
    And the weights of somebody who takes no part were put aside

  Scenario Outline: Weights of the <place> participant that <defect> are refused in words
    Whoever differs from the others is named, wherever they stand among them.
    Catches: one participant's other model, old library or broken transfer silently becomes part of everybody's model, or the wrong
    hospital is asked to mend it.

    Given the weights of the <place> participant "<defect>"
    When their weights are averaged
    Then the <place> participant's weights are refused, since "<reason>"

    @catches.missing-tensors-filled-with-zeros
    Examples: A tensor is missing
      | place | defect          | reason                       |
      | third | lack layer.bias | tensor layer.bias is missing |

    @catches.last-participant-blamed
    Examples: Whoever stands first is blamed as well as the last
      | place | defect                          | reason                                                       |
      | first | lack layer.bias                 | tensor layer.bias is missing                                 |
      | first | hold layer.extra besides        | tensor layer.extra is not in the others' weights             |
      | first | hold layer.bias in another type | tensor layer.bias is of type float16, the others' is float32 |

    @catches.other-shapes-broadcast
    Examples: A tensor of another shape, which numpy would stretch to the others'
      | place  | defect                     | reason                                                   |
      | second | hold one layer.weight only | tensor layer.weight has shape (1,), the others' has (2,) |
      | third  | hold one layer.weight only | tensor layer.weight has shape (1,), the others' has (2,) |

    @catches.malformed-weights-accepted
    Examples: No finite numbers
      | place | defect                        | reason                                    |
      | third | hold NaN in layer.weight      | tensor layer.weight holds NaN or infinity |
      | first | hold infinity in layer.weight | tensor layer.weight holds NaN or infinity |

    @catches.unreadable-weights-taken-for-empty
    Examples: A file that ends in the middle
      | place | defect               | reason           |
      | third | end after some bytes | not safetensors: |
