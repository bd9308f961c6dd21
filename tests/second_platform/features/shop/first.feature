@ring2 @p1 @budget.30
Feature: Shop keeps notes

  It protects: what somebody noted is there, whole, when it is read again.

  @catches.shop-notes-cut-short
  Scenario: A note is read as it was written
    When "two apples" is noted under "to buy"
    Then "two apples" stands under "to buy"
