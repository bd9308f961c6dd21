@ring1 @nightly @p1 @budget.60
Feature: Training data: what a model is fed with, cell by cell

  It protects the way from a secure environment's tables and files into a model: which records are read, in which order, what an empty cell
  becomes, where a key point is once its picture was stretched. A model learns on wrong data as well as on right data, only the wrong thing.

  Records are read with the training client's own code, in this process, from a database and a folder as an ingestion leaves them; beside the
  records of each table lie some of another ingestion, and some that are meant for testing.
  Source: tracebloc-ingestor 0.8.94 (tables, files, annotations), tracebloc SDK 1.2.63 (what a model is fed with).

  @catches.series-validated-at-random
  Scenario: A time series is cut into windows in the order of time, and measured on its latest part
    Catches: a model is measured on hours that it was trained on, and foretells what it has seen already.

    Given a secure environment holds these records of "time series forecasting":
      | timestamp        | level | label |
      | 2026-01-01 03:00 | 4     | 40    |
      | 2026-01-01 00:00 | 1     | 10    |
      | 2026-01-01 01:00 | 2     | 20    |
      | 2026-01-01 05:00 | 6     | 60    |
      | 2026-01-01 02:00 | 3     | 30    |
      | 2026-01-01 04:00 | 5     | 50    |
    Then a model that looks at 2 steps and foretells 1 is fed with these windows:
      | level | label |
      | 1, 2  | 30    |
      | 2, 3  | 40    |
      | 3, 4  | 50    |
      | 4, 5  | 60    |
    And a model that looks at 3 steps and foretells 2 is fed with these windows:
      | level   | label  |
      | 1, 2, 3 | 40, 50 |
      | 2, 3, 4 | 50, 60 |
    And of windows of 2 steps, with 0.5 of them kept back, it is trained on "30, 40" and measured on "50, 60"
    And of windows of 2 steps, with 0.4 of them kept back, it is trained on "30, 40" and measured on "50, 60"
    And of windows of 2 steps, with 0.1 of them kept back, it is trained on "30, 40, 50" and measured on "60"

  @catches.sequences-scaled-from-nought
  Scenario: Sequences are scaled by all that was read, cut at their end or filled up with noughts
    The level goes from 10 to 30, so 20 is halfway between 0.1 and 1; the pulse never changes.
    Catches: what fills up a short sequence looks like its lowest step, or a long one loses its beginning.

    Given a secure environment holds these records of "time series classification":
      | sequence_id | timestamp        | level | pulse | label  |
      | s2          | 2026-01-01 01:00 | 15    | 7     | circle |
      | s1          | 2026-01-01 02:00 | 15    | 7     | square |
      | s1          | 2026-01-01 00:00 | 10    | 7     | square |
      | s1          | 2026-01-01 03:00 | 30    | 7     | square |
      | s1          | 2026-01-01 01:00 | 20    | 7     | square |
      | s2          | 2026-01-01 00:00 | 20    | 7     | circle |
    Then a model that looks at 3 steps of a sequence, told of the classes "circle, square", is fed with these sequences:
      | level            | pulse         | label |
      | 0.1, 0.55, 0.325 | 0.1, 0.1, 0.1 | 1     |
      | 0.55, 0.325, 0   | 0.1, 0.1, 0   | 0     |

  @catches.empty-cells-read-as-nought
  Scenario: An empty cell stays empty, and classes are counted in the order that all environments share
    Catches: a missing blood pressure becomes one of nought, or one environment's first class is another one's second.

    Given a secure environment holds these records of "tabular classification":
      | width | height | label    |
      | 1.5   | NA     | triangle |
      | NA    | -2     | circle   |
      | 3     | 1e2    | square   |
    Then a model that is told of the classes "circle, square, triangle" is fed with these rows:
      | width | height | label |
      | 1.5   | NA     | 2     |
      | NA    | -2     | 0     |
      | 3     | 100    | 1     |

  @catches.empty-cells-read-as-nought
  Scenario: A time to an event is two labels: how long, and whether it was seen
    Catches: whoever was looked at for a year without an event counts as one who had it after a year.

    Given a secure environment holds these records of "time to event prediction":
      | width | time | label |
      | 1     | 2.5  | 1     |
      | NA    | 4    | 1     |
      | 2     | 0    | 0     |
    Then a model that is told of no classes is fed with these rows:
      | width | label  |
      | 1     | 2.5, 1 |
      | NA    | 4, 1   |
      | 2     | 0, 0   |

  @catches.unreadable-rows-without-a-word
  Scenario: Records that cannot be read are refused in words
    Catches: a training goes on without the rows that it could not read, or fails without a word to the owner of the data.

    Then these records are refused:
      | task                       | columns                              | records                            | words                                     |
      | tabular classification     | width, label                         | wide, circle                       | width holds a value that is not a number  |
      | tabular classification     | width, label                         | 1, star                            | 1 label(s) are not among the dataset's 2  |
      | tabular regression         | width, label                         | 1, much                            | label holds a value that is not a number  |
      | time to event prediction   | width, time, label                   | 1, 1, 2                            | has to be 1 where the event was seen      |
      | time to event prediction   | width, time, label                   | 1, -1, 1                           | column time holds a time below 0, or none |
      | time to event prediction   | width, time, label                   | 1, NA, 1                           | column time holds a time below 0, or none |
      | time series forecasting    | timestamp, level, label              | 1, 1, 1; 2, 2, 2                   | 2 records are too few for one window      |
      | time series classification | sequence_id, timestamp, level, label | s1, 1, 1, circle; s1, 2, 1, square | sequence s1 has 2 labels                  |
      | image classification       | filename, extension, label           | missing, .png, circle              | file missing.png of table                 |
      | image classification       | filename, extension, label           | ../other, .png, circle             | names a file outside its dataset          |
      | keypoint detection         | filename, extension, annotation      | picture, .png, nose                | does not give each key point's x and y    |

  @catches.key-points-not-scaled
  Scenario: Key points move with the pictures that are stretched
    A picture of 40 x 20 pixels becomes one of 10 x 10: four times narrower, and twice as low.
    Catches: every model learns where things are in another picture than the one it is shown.

    Given a secure environment holds these pictures with key points:
      | picture | width | height | nose   | tail   |
      | wide    | 40    | 20     | 10, 5  | 40, 20 |
      | square  | 10    | 10     | 3, 4   | 0, 9   |
    Then a model of pictures with a side of 10 is fed with these key points:
      | picture | nose     | tail   |
      | wide    | 2.5, 2.5 | 10, 10 |
      | square  | 3, 4     | 0, 9   |

  @catches.key-points-not-scaled
  Scenario: Boxes move with the pictures that are stretched
    Catches: a detector is shown a van, and told that it stands beside the picture.

    Given a secure environment holds these pictures with boxes:
      | picture | width | height | object | box            |
      | wide    | 40    | 20     | van    | 4, 4, 20, 10   |
      | square  | 10    | 10     | bus    | 1, 2, 3, 4     |
      | square  | 10    | 10     | van    | 5, 6, 7, 8     |
    Then a model of pictures with a side of 10, told of the classes "bus, van", is fed with these boxes:
      | picture | class | box        |
      | wide    | 1     | 1, 2, 5, 5 |
      | square  | 0     | 1, 2, 3, 4 |
      | square  | 1     | 5, 6, 7, 8 |

  @catches.masks-blurred
  Scenario: A mask keeps its classes when its picture is stretched
    Catches: between wood and ground a rim of water appears, and every model learns to see it.

    Given a secure environment holds these pictures with masks:
      | picture | width | height | left half | right half |
      | wide    | 40    | 20     | 2         | 0          |
      | small   | 2     | 2      | 0         | 2          |
    Then a model of pictures with a side of 10, told of the classes "ground, water, wood", is fed with these masks:
      | picture | left half | right half |
      | wide    | 2         | 0          |
      | small   | 0         | 2          |

  @catches.pictures-fed-as-bytes
  Scenario: A model of pictures is shown each colour as numbers from 0 to 1
    Catches: a picture is 255 times as bright as the SDK's models expect, or blue is taken for red.

    Then a model of pictures is shown these colours as:
      | colour | red | green   | blue    |
      | white  | 1   | 1       | 1       |
      | black  | 0   | 0       | 0       |
      | red    | 1   | 0       | 0       |
      | teal   | 0   | 0.50196 | 0.50196 |
      | navy   | 0   | 0       | 0.50196 |

  @catches.asked-words-shown
  Scenario: A model that guesses words is asked for words that it does not see
    Catches: whoever copies what stands there guesses everything, and leads the board.

    Then of a text of 60 words, a model that guesses words is asked for some and not for most, sees none of those, and all of the others

  @catches.attention-mask-dropped
  Scenario: A model of texts is told which tokens are words and which only fill up
    Catches: a model pays attention to what fills up a short text, and every short text means the same.

    Then a model that looks at 6 tokens and asks which of them count is fed with:
      | text                  | tokens                            | counted          |
      | cat dog               | [CLS] cat dog [SEP] [PAD] [PAD]   | 1, 1, 1, 1, 0, 0 |
      | cat dog cat dog bird  | [CLS] cat dog cat dog [SEP]       | 1, 1, 1, 1, 1, 1 |
      | zebra                 | [CLS] [UNK] [SEP] [PAD] [PAD] [PAD] | 1, 1, 1, 0, 0, 0 |

  @catches.rows-drawn-anew-in-every-cycle
  Scenario: Rows that a plan chooses are drawn by its seed, once for all cycles
    Catches: after some cycles a model has seen all rows, where its team paid for a few, or is trained on the same ones whatever the seed.

    Then of 8 circles and 6 squares that lie mixed, these choices are drawn, the same in every cycle:
      | circles | squares | any | drawn                                  |
      | 3       | 2       | 0   | 3 circles, 2 squares, by the seed      |
      | 0       | 4       | 0   | 0 circles, 4 squares, by the seed      |
      | 8       | 6       | 0   | 8 circles, 6 squares, always the same  |
      | 8       | 1       | 0   | 8 circles, 1 squares, by the seed      |
      | 0       | 0       | 5   | 5 of any class, by the seed            |
      | 9       | 0       | 0   | 9 rows were chosen where there are 8   |
      | 1       | 7       | 0   | 7 rows were chosen where there are 6   |
      | 0       | 0       | 15  | 15 rows were chosen where there are 14 |
    And of 10 rows in the order of time, a choice of 3 draws the last ones, and one of 12 all of them

  @catches.rows-kept-back-rounded-down
  Scenario: As many rows are kept back as the plan says, and none of them is trained on
    Catches: small environments measure on one row less each, or a row is trained on and measured on.

    Then so many rows are kept back to measure on, the same ones for the same seed, and all others are trained on:
      | rows | part | trained on | kept back |
      | 10   | 0.2  | 8          | 2         |
      | 8    | 0.2  | 6          | 2         |
      | 7    | 0.2  | 6          | 1         |
      | 40   | 0.1  | 36         | 4         |
      | 39   | 0.1  | 35         | 4         |
      | 3    | 0.1  | 2          | 1         |
      | 2    | 0.9  | 1          | 1         |
      | 5    | 0.9  | 1          | 4         |
      | 5    | 0    | 5          | 5         |
      | 1    | 0    | 1          | 1         |
