@ring2 @p1 @budget.30
Feature: Orders of the shop

  It protects: what a customer orders is what is delivered.

  @catches.shop-notes-cut-short
  Scenario: An order is kept as it was placed
    Given the owner signs up, verifies the e-mail address and logs in
    When the owner orders "three pears"
    Then "three pears" stands under "order"
