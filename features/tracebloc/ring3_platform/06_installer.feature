@ring3 @pre-release @budget.60
Feature: The installer

  It protects whoever puts tracebloc on a machine, and the platform that the machine comes to: an installation ends with the truth about what it
  did, and never with the wrong platform.

  The guard is checked on our own installer contract, everywhere and always. The rest runs tracebloc's public scripts (checkout of
  tracebloc/client, 1.9.62) unmodified: docker, k3d, kubectl, helm and curl are stand-ins, there is no network, and one folder is all that
  can be written to. How each run ended is told by the scripts themselves, in the event that they keep of every run. Where the epic's
  words differ, the scripts are followed: they always make a k3d cluster, and their exit code 0 does not mean connected.

  @needs.installer.contract @p0 @catches.unknown-environment-taken-for-dev
  Scenario Outline: Nothing is installed under the environment name "<name>"
    Catches: a mistyped or forgotten environment name sends a test's credentials and data to production, as the public scripts do below.

    Given the owner signs up, verifies the e-mail address and logs in
    And the owner registers a secure environment, gets a Client ID and sees it as Pending
    When the owner tries to install the client under the environment name "<name>"
    Then it is refused before anything starts: "<words>"
    And the secure environment is still Pending

    Examples:
      | name       | words                               |
      |            | the environment name is not set     |
      | test-e2e   | is not an environment of the platform |
      | Dev        | is not an environment of the platform |
      | prod       | is production                       |
      | production | is production                       |

  @needs.installer.contract @p0 @catches.wrong-credentials-installed
  Scenario: With credentials that the platform does not take nothing is installed, and with the right ones it is
    Catches: a client with a mistyped password is installed, says that all is well and never comes Online.

    Given the owner signs up, verifies the e-mail address and logs in
    And the owner registers a secure environment, gets a Client ID and sees it as Pending
    When the owner tries to install the client with the password of somebody else
    Then the installation fails at the stage "register": "bad credentials"
    And the secure environment is still Pending
    When the owner tries to install the client
    Then the installation is done

  @needs.installer.scripts @p1
  Scenario Outline: The public installer where <case>
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where <case>
    When the owner runs the public installer on it
    Then it ends with exit code <exit> and reports the event "<event>", phase "<phase>", error "<error>", client "<client>"
    And no program was given the password as an argument

    Examples: as the scripts have it
      | case                                                | exit | event                 | phase     | error                 | client     |
      | nothing is the matter                               | 0    | install.run.succeeded | connect   |                       | connected  |
      | the platform refuses the credentials                | 1    | install.run.failed    | helm      | helm_install_failed   |            |
      | the account is not active yet                       | 1    | install.run.failed    | helm      | helm_install_failed   |            |
      | the platform is unavailable                         | 0    | install.run.succeeded | connect   |                       | connected  |
      | the platform cannot be reached                      | 1    | install.run.failed    | preflight | preflight_failed      |            |
      | the cluster cannot be made                          | 1    | install.run.failed    | cluster   | cluster_create_failed |            |
      | the chart cannot be installed                       | 1    | install.run.failed    | helm      | helm_install_failed   |            |
      | the client never gets ready                         | 0    | install.run.succeeded | connect   |                       | starting   |
      | the client's own log says its credentials are wrong | 1    | install.run.failed    | connect   | bad_credentials       | bad_creds  |
      | an image cannot be pulled                           | 1    | install.run.failed    | connect   | image_pull_failed     | image_pull |
      | a container crashes again and again                 | 1    | install.run.failed    | connect   | crash_loop            | crash      |
      | nobody gives credentials and nobody can be asked    | 1    | install.run.failed    | register  | registration_failed   |            |
      | the cluster's name begins with a digit              | 1    | install.run.failed    | bootstrap | bootstrap_failed      |            |
      | values and a chart of the owner's own are given     | 0    | install.run.succeeded | connect   |                       | connected  |
      | values of the owner's own are given                 | 0    | install.run.succeeded | connect   |                       | connected  |

  @needs.installer.scripts @p1
  Scenario: The public installer goes through all of its stages in order
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where nothing is the matter
    When the owner runs the public installer on it
    Then it goes through these stages:
      | stage                                |
      | Checking your machine                |
      | Installing what tracebloc needs      |
      | Creating your secure environment     |
      | Registering this machine             |
      | Installing tracebloc                 |
      | Connecting to the tracebloc network  |
    And the credentials are checked with the platform "dev" before anything is installed
    And the chart gets values for "dev" that only the owner can read

  @needs.installer.scripts @p1
  Scenario: Asked for help, the public installer does nothing
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where only help is asked for
    When the owner runs the public installer on it
    Then it ends with exit code 0
    And it reports nothing
    And no program was called

  @needs.installer.scripts @p0
  Scenario Outline: With <case>, the public installer goes to production
    This is why our own guard refuses it. The chart would reject the unknown name, after the credentials have gone to production; an unset
    name passes there too, and production is installed. The day this fails, the scripts have learnt to refuse: then it is to be turned round.
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where <case> is set
    When the owner runs the public installer on it
    Then it ends with exit code 0
    And the credentials are checked with the platform "prod" before anything is installed
    And what it reports names the environment "<told>"

    Examples:
      | case                            | told |
      | an unknown environment name     |      |
      | no environment name             | prod |

  @needs.installer.scripts @p1
  Scenario: A platform that is unavailable is only warned about
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where the platform is unavailable
    When the owner runs the public installer on it
    Then it says "Couldn't reach tracebloc to verify credentials right now"

  @needs.installer.scripts @p1
  Scenario: Values and a chart of the owner's own are taken as they are
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where values and a chart of the owner's own are given
    When the owner runs the public installer on it
    Then no credentials are checked
    And the owner's own chart is installed with the owner's own values

  @needs.installer.scripts @p1
  Scenario: With values of the owner's own alone, the newest published chart is taken
    The branch that the scripts come from does not choose the chart: without a chart of one's own it is whatever is published.
    Catches no sabotage: the scripts are tracebloc's own, no defect of the reference platform can touch them.

    Given a machine where values of the owner's own are given
    When the owner runs the public installer on it
    Then no credentials are checked
    And the published chart is installed in no certain version with the owner's own values
