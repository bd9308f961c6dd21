@ring1 @nightly @p1 @budget.60 @wording.status-code
Feature: Metric golden values

  It protects the numbers that teams are ranked and charged by: answers that are written down here are measured, and what comes out is
  compared with values that were computed by hand.

  The rules: accuracy is the share that is right; f1 and mean IoU are means over the classes that occur; a key point is found within a tenth
  of the picture's side (PCK@0.1, Yang and Ramanan 2013), and hidden ones do not count; of two risks the higher one belongs to whoever had the
  event earlier (Harrell et al. 1982); a box is found from an overlap of a half on, once (Pascal VOC 2010).

  @catches.hidden-key-points-counted
  Scenario: Answers are measured as they were by hand
    Catches: a metric is replaced by one of a library that counts otherwise, and yesterday's scores are not today's.

    Then answers are measured like this:
      | metric   | answers    | truth      | value   |
      | accuracy | 0, 1, 1, 2 | 0, 1, 2, 2 | 0.75    |
      | f1       | 0, 1, 1, 2 | 0, 1, 2, 2 | 0.77778 |
      | f1       | 0, 0, 0, 3 | 0, 0, 1, 1 | 0.26667 |
      | mean_iou | 0, 1, 1, 2 | 0, 1, 2, 2 | 0.66667 |
      | mean_iou | 0, 0, 0, 3 | 0, 0, 1, 1 | 0.22222 |
      | rmse     | 1, 2, 4    | 1, 4, 4    | 1.15470 |
      | mae      | 1, 2, 4    | 1, 4, 4    | 0.66667 |
    And of these key points of a picture with a side of 20, a share of 0.5 is found:
      | x  | y  | visible | said x | said y |
      | 5  | 5  | 1       | 7      | 5      |
      | 5  | 15 | 1       | 5      | 17.25  |
      | 10 | 10 | 0       | 20     | 20     |
      | 15 | 15 | 1       | 16     | 16     |
      | 1  | 1  | 1       | 19     | 1      |
    And these risks have a concordance of 0.9:
      | risk | duration | event |
      | 3    | 1        | 1     |
      | 2    | 2        | 1     |
      | 1    | 3        | 0     |
      | 2    | 4        | 1     |
    And these risks have a concordance of 0.5:
      | risk | duration | event |
      | 1    | 2        | 0     |
      | 1    | 2        | 1     |
      | 3    | 5        | 0     |
      | 0    | 6        | 0     |

  @catches.box-found-twice
  Scenario: A box is found from an overlap of a half on, and once
    Catches: a model that names the same box ten times leads the board.

    Given these boxes are there:
      | picture | class | left | top | right | bottom |
      | 1       | 0     | 0    | 0   | 10    | 10     |
      | 2       | 0     | 0    | 0   | 10    | 10     |
      | 2       | 1     | 5    | 5   | 9     | 9      |
    Then finding these boxes is a mean average precision of 0.75:
      | picture | class | left | top | right | bottom | confidence |
      | 1       | 0     | 0    | 0   | 10    | 5      | 0.9        |
      | 1       | 0     | 0    | 0   | 10    | 9      | 0.8        |
      | 2       | 0     | 0    | 0   | 10    | 4.9    | 0.75       |
      | 2       | 1     | 5    | 5   | 9     | 9      | 0.7        |
      | 2       | 0     | 20   | 20  | 30    | 30     | 0.6        |

  @catches.emissions-of-an-idle-core
  Scenario: gCO2e follow the processor time, and an exit code has words
    10 W a core on a grid of 380 g a kWh is our choice.
    Catches: emissions that are the same whatever a training took, or a failed job whose reason only its authors understand.

    Then 3600 seconds of one processor core are 3.8 grams of CO2e
    And 0 seconds of one processor core are 0 grams of CO2e
    And a training job that ends with one of these exit codes is told as:
      | exit code | words                                                                                                            |
      | 1         | the pod ended with exit code 1                                                                                   |
      | 2         | the pod ended with exit code 2                                                                                   |
      | 71        | the model needed more memory than its pod has (exit code 71)                                                     |
      | 73        | the model took more disk, open files or threads than its pod may use (exit code 73)                              |
      | 77        | the model tried what a training pod may not do: others' files, the network or new processes (exit code 77)       |
      | 128       | the pod ended with exit code 128                                                                                 |
      | 134       | the pod was killed by SIGABRT, it crashed in native code (exit code 134)                                         |
      | 137       | the pod was killed by SIGKILL, as when memory runs out or someone ends the pod by force (exit code 137)          |
      | 139       | the pod was killed by SIGSEGV, it crashed in native code (exit code 139)                                         |
      | 143       | the pod was killed by SIGTERM, it was asked to end (exit code 143)                                               |
      | 129       | the pod was killed by SIGHUP (exit code 129)                                                                     |

  @catches.every-optimizer-is-sgd
  Scenario: Each optimizer takes the steps that its name says
    From a weight of 1, at a learning rate of 0.1, along gradients of 1 and then of 2. Source: the papers, with PyTorch's defaults.
    Catches: a plan says adam, trains by something else, and nobody can tell why it learns no more.

    Then a weight goes this way with each optimizer:
      | optimizer | after one step | after two steps |
      | sgd       | 0.9            | 0.7             |
      | adam      | 0.9            | 0.80348         |
      | adamw     | 0.899          | 0.80158         |
      | rmsprop   | 0              | -0.89532        |
      | adagrad   | 0.9            | 0.81056         |
      | adadelta  | 0.99968        | 0.99928         |
      | adamax    | 0.9            | 0.82368         |

  @catches.every-loss-is-mse @catches.loss-told-as-rmse
  Scenario: Each loss is what its name says, and a classifier answers as its loss has taught it
    Of three outputs of 0, each class has a third: -ln(1/3) = 1.09861. Of risks that are alike, whoever had the event was one of three, then one
    of two, then the last. An estimator's log loss is counted by the classes of all environments, also of those that it never saw.
    Catches: a plan names one loss and trains by another, and models still learn, only less well.

    Then a model is as far off as this:
      | task                     | loss               | classes | outputs          | truth            | value   |
      | tabular classification   | crossentropy       | 3       | 0, 0, 0          | 1                | 1.09861 |
      | tabular classification   | crossentropy       | 3       | 2, 0, 0; 0, 0, 2 | 0; 0             | 1.23955 |
      | tabular classification   | crossentropy       | 2       | 0; 2             | 1; 0             | 1.41004 |
      | tabular classification   | binarycrossentropy | 3       | 0, 0, 0          | 1                | 0.69315 |
      | tabular classification   | binarycrossentropy | 3       | 2, 0, 0          | 0                | 0.50441 |
      | tabular classification   | mse                | 3       | 0.5, 0, 0        | 0                | 0.08333 |
      | tabular classification   | l1                 | 3       | 0.5, 0, 0        | 0                | 0.16667 |
      | tabular classification   | mse                | 2       | 0.5; 1           | 1; 0             | 0.625   |
      | tabular regression       | mse                | 0       | 1; 3             | 2; 5             | 2.5     |
      | tabular regression       | l1                 | 0       | 1; 3             | 2; 5             | 1.5     |
      | time series forecasting  | mse                | 0       | 1, 3; 0, 0       | 2, 5; 1, 0       | 1.5     |
      | time to event prediction | coxph              | 0       | 0; 0; 0          | 1, 1; 2, 1; 3, 1 | 0.59725 |
      | time to event prediction | coxph              | 0       | 0; 0; 0          | 3, 1; 1, 0; 2, 1 | 0.34657 |
      | time to event prediction | coxph              | 0       | 1; 0             | 1, 1; 2, 0       | 0.31326 |
    And as many answers of a classifier are right as this:
      | loss               | classes | outputs                       | truth      | accuracy |
      | crossentropy       | 3       | 1, 2, 3; 3, 2, 1; 1, 3, 2     | 2; 0; 2    | 0.66667  |
      | crossentropy       | 2       | 0.3; -0.3; 0.7; -2            | 1; 0; 1; 0 | 1        |
      | binarycrossentropy | 2       | 0.3; -0.3; 0.7; -2            | 1; 0; 0; 0 | 0.75     |
      | mse                | 2       | 0.3; -0.3; 0.7; 0.51          | 0; 0; 1; 1 | 1        |
      | l1                 | 2       | 0.3; -0.3; 0.7; 0.51          | 1; 0; 1; 1 | 0.75     |
    And an estimator that knows the classes "0, 2" alone, and answers "0.25, 0.75; 0.5, 0.5" where "2; 0" is right, has a log loss of 0.49041
    And an estimator that knows the classes "0, 1, 2" alone, and answers "0.2, 0.3, 0.5; 0.1, 0.8, 0.1" where "1; 1" is right, has a log loss of 0.71356
    And an estimator without probabilities that answers "1; 2; 0; 2" where "1; 2; 2; 2" is right has a loss of 0.25 and an accuracy of 0.75
    And an estimator that answers "1; 3" where "2; 5" is right has a loss of 2.5, an rmse of 1.58114 and an mae of 1.5

  @catches.answers-of-any-shape-taken
  Scenario: Answers that do not fit a task are refused in words, and so is a loss
    Sizes stand for numbers: 2 x 3 are three numbers of each of two rows.
    Catches: answers are stretched until they fit, and a model is ranked by what it never said.

    Then answers of a model are taken or refused like this:
      | task                       | classes | labels    | answers       | words                                    |
      | tabular classification     | 3       | 2         | 2 x 3         | taken                                    |
      | tabular classification     | 3       | 2         | 2 x 2         | where 3 classes are needed               |
      | tabular classification     | 3       | 2         | 3 x 3         | for 2 rows, where 3 classes are needed   |
      | tabular classification     | 3       | 2         | 2 x 1         | where 3 classes are needed               |
      | tabular classification     | 2       | 2         | 2 x 1         | taken                                    |
      | tabular classification     | 2       | 2         | 2             | taken                                    |
      | tabular classification     | 2       | 2         | 3             | for 2 rows, where 2 classes are needed   |
      | tabular classification     | 3       | 2         | text          | the model gives a str, not a tensor      |
      | time series classification | 3       | 2         | 2 x 4         | where 3 classes are needed               |
      | tabular regression         | 0       | 2         | 2 x 1         | taken                                    |
      | tabular regression         | 0       | 2         | 2 x 2         | where one number a row are needed        |
      | tabular regression         | 0       | 2         | 1 x 2         | where one number a row are needed        |
      | time series forecasting    | 0       | 2 x 3     | 2 x 3 x 1     | taken                                    |
      | time series forecasting    | 0       | 2 x 3     | 2 x 2         | where 3 numbers a row are needed         |
      | time to event prediction   | 0       | 2 x 2     | 2 x 1         | taken                                    |
      | time to event prediction   | 0       | 2 x 2     | 2 x 2         | where one number a row are needed        |
      | semantic segmentation      | 3       | 2 x 4 x 4 | 2 x 3 x 4 x 4 | taken                                    |
      | semantic segmentation      | 3       | 2 x 4 x 4 | 2 x 3 x 2 x 2 | taken                                    |
      | semantic segmentation      | 3       | 2 x 4 x 4 | 2 x 2 x 4 x 4 | where pictures of 3 classes are needed   |
      | semantic segmentation      | 3       | 2 x 4 x 4 | 1 x 3 x 4 x 4 | where pictures of 3 classes are needed   |
      | semantic segmentation      | 3       | 2 x 4 x 4 | 2 x 3 x 4     | where pictures of 3 classes are needed   |
      | keypoint detection         | 0       | 2 x 5 x 3 | 2 x 5 x 3     | taken                                    |
      | keypoint detection         | 0       | 2 x 5 x 3 | 2 x 4 x 3     | where 5 points of x, y, visible          |
    And losses are taken or refused like this:
      | task                     | loss               | words                                                        |
      | tabular classification   | binarycrossentropy | taken                                                        |
      | tabular classification   | coxph              | loss coxph does not fit classification                       |
      | tabular regression       | crossentropy       | loss crossentropy does not fit regression; known: mse, l1    |
      | semantic segmentation    | mse                | loss mse does not fit semantic segmentation                  |
      | keypoint detection       | crossentropy       | loss crossentropy does not fit keypoint detection            |
      | time to event prediction | mse                | loss mse does not fit time to event prediction; known: coxph |
      | text classification      | crossentropy       | a model of texts needs a tokenizer                           |

  @catches.seed-of-nought-taken-for-none
  Scenario: A plan's seed decides, whichever it is, and without one all environments share the experiment's
    Catches: a training cannot be repeated, or each environment begins with weights of its own.

    Then trainings with these seeds draw by:
      | experiment | seed       | draws by       |
      | heart      | 7          | 7              |
      | heart      | 0          | 0              |
      | heart      | 4294967296 | 4294967296     |
      | heart      | none       | its experiment |
      | lung       | none       | its experiment |

  @catches.every-failure-is-other
  Scenario: How a model failed is told by the end of its job
    Catches: a model that is out of memory is tried again and again, or one that reads others' files looks like one with a slip.

    Then a job whose model fails like this ends with:
      | failure                                     | exit code |
      | any other error                             | 1         |
      | a file of its own that is not there         | 1         |
      | out of memory                               | 71        |
      | out of memory, told as another error        | 71        |
      | no room left                                | 73        |
      | a file too large                            | 73        |
      | too many files                              | 73        |
      | too many threads                            | 73        |
      | not permitted                               | 77        |
      | no access                                   | 77        |
      | no access, told as another error            | 77        |
      | a place that is only read                   | 77        |
      | no network                                  | 77        |
      | a file of somebody else that cannot be seen | 77        |
