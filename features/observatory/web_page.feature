@ring2 @p1 @needs.servers @needs.browser @budget.60
Feature: The page with the terminal

  It protects: whoever opens the page has a terminal that looks and behaves like one, and is told when there is none.
  Source: the three tiers of odd-demonstration's visual tests. Theirs compare pictures, let the second and third tier fail without anybody
  noticing, and look at the page at fixed times; these look at what is on the screen, as soon as it is there.

  @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
  @without.redis @without.gateway @without.read-model
  Rule: First tier, on every pull request: the page is whole

    @catches.terminal-page-needs-network
    Scenario: The page comes whole, from its own server alone
      When somebody opens the page of the terminal
      Then the page says "Connected"
      And the terminal shows "Distributed Task Observatory"
      And everything came from the server itself, and the browser has nothing to complain about

    Scenario: What is typed in the browser is shown in it
      Catches no sabotage: what could break it breaks the connection's own scenarios, too; this one is for the page's code.

      When somebody opens the page of the terminal
      Then the terminal shows "N new task"
      When somebody types "nresize-image" there
      Then the terminal shows "New task: resize-image"

  @nightly
  Rule: Second tier, every night: the terminal is drawn as the program means it, and survives

    @catches.terminal-size-ignored
    @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
    @without.redis @without.gateway @without.read-model
    Scenario: Colours and sizes are the program's
      When somebody opens the page of the terminal
      Then the terminal shows "Distributed Task Observatory"
      And "Distributed Task Observatory" is shown in cyan, and "N new task" in another colour
      When the window is made 1600 pixels wide
      Then its lines are longer than before
      When the window is made 600 pixels wide
      Then its lines are shorter than before
      And the terminal shows "Distributed Task Observatory" once

    @catches.terminal-replay-lost
    Scenario: A connection that is lost for a moment costs nothing
      When somebody opens the page of the terminal
      Then the terminal shows "N new task"
      When somebody types "nhalf-a-task" there
      Then the terminal shows "New task: half-a-task"
      When the connection is lost for a moment
      Then the page says "Connected"
      And it is the same session, and the terminal shows what it showed
      When somebody types "-and-the-rest" there
      Then the terminal shows "New task: half-a-task-and-the-rest" once

    @catches.terminal-replay-lost
    Scenario: A page that is loaded anew comes back to its session
      When somebody opens the page of the terminal
      Then the terminal shows "N new task"
      When somebody types "nhalf-a-task" there
      Then the terminal shows "New task: half-a-task"
      When the page is loaded anew
      Then the page says "Connected"
      And it is the same session, and the terminal shows what it showed

  @nightly
  Rule: Third tier, every night: without a terminal people are told so, by a server that really refuses

    @catches.terminal-test-mode-ignored
    Scenario: A server that refuses leads to the page without a terminal
      When somebody opens the page in test mode "fail"
      Then people are told that there is no terminal, with the figures of the platform
      And the page offers to try again
      When somebody asks for the terminal again
      Then people are told that there is no terminal, with the figures of the platform

    @catches.terminal-test-mode-ignored
    @without.rabbitmq @without.postgresql @without.event-store @without.processor @without.metrics-engine
    @without.redis @without.gateway @without.read-model
    Scenario: A server that is slow is waited for
      When somebody opens the page in test mode "delay:1500"
      Then the page says "Connecting..."
      And the page says "Connected"
      And people see a terminal, and not the page without one
