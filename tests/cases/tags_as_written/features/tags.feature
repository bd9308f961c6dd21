Feature: tags

  @call("x") @a,b;c @k=v:w @issue:https://example.org/1?n=2#3
  Scenario: plain
    Then the tags are ["a,b;c", "call(\"x\")", "issue:https://example.org/1?n=2#3", "k=v:w"]

  @call("x") @a,b;c @k=v:w @issue:https://example.org/1?n=2#3
  Scenario Outline: row <n>
    Then the tags are ["a,b;c", "call(\"x\")", "issue:https://example.org/1?n=2#3", "k=v:w"]

    @k=v:w
    Examples:
      | n |
      | 1 |

  @first@joined # and words
  Scenario: joined
    Then the tags are ["first", "joined"]
