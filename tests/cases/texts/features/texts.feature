Feature: texts

  Scenario: forms
    Then the text is "{}"
      """json
      {}
      """
    And the text is "a \"\"\" b"
      """
      a \"\"\" b
      """
    And the text is "\"\"\"\n'''"
      ```
      """
      '''
      ```
    And the text is "# none\n@none\n| none |\n  Scenario: none\n\nleft"
      """
      # none
      @none
      | none |
        Scenario: none

    left
      """
    And the text is "spaces  \nstay\t"
      """
      spaces  
      stay	
      """
    And the text is ""
      """
      """

  Scenario Outline: filled in
    Then the text is "of a, a\nand a"
      """
      of <x>, <x>
      and <x>
      """
    Examples:
      | x |
      | a |

  Scenario: with a table
    Then there are the text "both" and the table [["a"]]
      """
      both
      """
      | a |
    And there are the text "both" and the table [["a"]]
      | a |
      """
      both
      """
