@ring1 @p1 @budget.60
Feature: Backend flow: what an owner says of a secure environment, and what it may say

  It protects owners with several machines: each is known by what was said of it, a cluster has one of them, and neither people nor machines
  speak for each other.

  Source: tracebloc CLI for names, clusters and the words of its refusals; the rest is our choice.

  @catches.renamed-environment-loses-its-place
  Scenario: What the owner says of a secure environment is what they read, and a cluster has one of them
    Catches: a machine is renamed and its cluster is forgotten, so that the installer registers it a second time, or takes another one's.

    Given the owner has registered a secure environment
    And the secure environment is called "north"
    And the owner has registered another secure environment
    And the secure environment is called "south"
    And "Eve" has an account
    When the owner changes of the secure environment "north":
      | what      | words    |
      | location  | Berlin 1 |
      | namespace | clinic   |
      | cluster   | one      |
    And the owner changes of the secure environment "north":
      | what | words      |
      | name | north wing |
    Then the owner reads of the secure environment "north":
      | what      | words      |
      | name      | north wing |
      | location  | Berlin 1   |
      | namespace | clinic     |
      | cluster   | one        |
    And these changes of the secure environment "south" are refused:
      | who       | what    | words | reason                                                |
      | the owner | cluster | one   | Another of your secure environments is on this cluster. |
      | Eve       | name    | mine  | There is no such secure environment.                  |
    And "Eve" cannot register a secure environment on the cluster "one": "This cluster belongs to a secure environment of another account."
    When the owner changes of the secure environment "south":
      | what    | words |
      | cluster | two   |
    And the owner revokes the first secure environment
    And the owner changes of the secure environment "south":
      | what    | words |
      | cluster | one   |
    Then the owner reads of the secure environment "south":
      | what    | words |
      | cluster | one   |

  @catches.machine-taken-for-its-owner
  Scenario: Neither people nor secure environments speak for each other, and strangers for nobody
    Catches: whoever works on a use case reports what was measured in it, or a machine that was broken into reads what its owner reads.

    Given a stub participant is Online with 20 rows to train and 10 rows to test
    And "Ada" has an account
    Then these logins do not open these acts:
      | login                           | act                         | words                                              |
      | none                            | asking who is logged in     | Authentication credentials were not provided.      |
      | none                            | sending a heartbeat         | Authentication credentials were not provided.      |
      | none                            | making a use case           | Authentication credentials were not provided.      |
      | of Ada, without its last letter | asking who is logged in     | Invalid token.                                     |
      | of Ada                          | sending a heartbeat         | You do not have permission to perform this action. |
      | of Ada                          | telling of a failure        | You do not have permission to perform this action. |
      | of the owner                    | sending a heartbeat         | You do not have permission to perform this action. |
      | of the owner                    | telling of a failure        | You do not have permission to perform this action. |
      | of the secure environment       | asking who is logged in     | You do not have permission to perform this action. |
      | of the secure environment       | listing the use cases       | You do not have permission to perform this action. |
      | of the secure environment       | listing the datasets        | You do not have permission to perform this action. |
      | of the secure environment       | making a use case           | You do not have permission to perform this action. |
