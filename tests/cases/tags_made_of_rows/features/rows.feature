Feature: Tags that rows fill in and the runner reads

  @quarantine.<issue>.2999-12-31 @budget.<seconds>
  Scenario Outline: known defect <issue>
    Given it fails
    Examples:
      | issue | seconds |
      | SHOP7 | 30      |

  @allure.link.docs:https://docs.test/<page>
  Scenario Outline: page <page>
    Given it passes
    Examples:
      | page  |
      | first |
