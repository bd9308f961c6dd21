Feature: f
  Scenario: s
    Then the text is ""
      '''
      '''
