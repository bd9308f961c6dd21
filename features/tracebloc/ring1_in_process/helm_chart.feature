@ring1 @nightly @pre-release @p1 @budget.30 @needs.helm
Feature: The client's Helm chart

  It protects what an owner installs: the public chart, rendered with the values that tests install it with, makes exactly these programs, gives
  them no more rights than they need, and keeps a stranger's model away from everything but four doors. Nothing is installed here.
  Source: tracebloc client chart 1.9.62, its templates; where its documents say otherwise, the templates are followed.

  Catches no sabotage: the chart is tracebloc's own, no defect of the reference platform can touch it.

  @wording.api
  Scenario: The chart makes these programs and no others
    Catches: a release of the chart renames a program or adds one, and everything that looks for it by name or label finds nothing.

    When the chart is rendered
    Then these programs keep running and no others:
      | kind       | name                     | container                  | image                          | app label                |
      | Deployment | RELEASE-jobs-manager     | api                        | tracebloc/jobs-manager:dev     | manager                  |
      | Deployment | RELEASE-jobs-manager     | pods-monitor-container     | tracebloc/pods-monitor:dev     | manager                  |
      | Deployment | RELEASE-requests-proxy   | proxy                      | tracebloc/jobs-manager:dev     | requests-proxy           |
      | Deployment | mysql-client             | mysql-client               | tracebloc/mysql-client@sha256  | mysql-client             |
      | Deployment | RELEASE-egress-proxy     | squid                      | ubuntu/squid@sha256            | egress-proxy             |
      | DaemonSet  | RELEASE-resource-monitor | tracebloc-resource-monitor | tracebloc/resource-monitor:dev | RELEASE-resource-monitor |
    And only "RELEASE-resource-monitor" is outside the release's namespace
    And they are reached at:
      | service                | port | app label      |
      | jobs-manager           | 8080 | manager        |
      | requests-proxy-service | 8888 | requests-proxy |
      | mysql-client           | 3306 | mysql-client   |
      | egress-proxy-service   | 3128 | egress-proxy   |
    And every object carries the labels of its release
    And the volumes "client-pvc", "client-logs-pvc" and "mysql-pvc" outlive the release

  Scenario: A training pod gets to four doors and is reached by nobody
    Catches: a rule for one customer's proxy lets every uploaded model out into the network.

    When the chart is rendered
    Then pods labelled "tracebloc.io/workload: training" are reached by nobody
    And they reach these and nothing else:
      | what                     | port |
      | k8s-app=kube-dns         | 53   |
      | app=mysql-client         | 3306 |
      | app=requests-proxy       | 8888 |
      | app=egress-proxy         | 3128 |

  Scenario: No program has more rights than it needs
    Catches: a debugging right is left in the chart, and the client can read every secret of the cluster or open a shell in a pod.

    When the chart is rendered
    Then the jobs-manager may make and delete jobs, and read pods and their logs
    And the jobs-manager may neither open a shell in a pod nor list or delete secrets
    And the requests-proxy and the egress-proxy get no token of the cluster, no capability and a read-only root
    And the requests-proxy does not run as root
    And the copy of the credentials for the nodes' agents holds nothing but the Client ID and its password

  Scenario Outline: Images that were loaded into a node are <used> when the refresh of images is <refresh>
    Catches: a test run takes images from the registry instead of those it just built, and passes on yesterday's code.

    When the chart is rendered with "<setting>"
    Then the images of the programs that follow the environment have the pull policy "<policy>"

    Examples:
      | refresh               | setting                                           | policy       | used     |
      | on, and suspended     | imageRefresh.enabled=true,imageRefresh.suspend=true | IfNotPresent | used     |
      | off                   | imageRefresh.enabled=false                        | Always       | not used |

  Scenario Outline: The environment name "<name>" is refused
    Catches: a mistyped environment name is installed, and its images and its platform are whatever the defaults are.

    When the chart is rendered with "env.CLIENT_ENV=<name>"
    Then helm refuses: "<schema>"
    When the chart is rendered past its schema with "env.CLIENT_ENV=<name>"
    Then helm refuses: "is not a recognized environment"

    Examples:
      | name     | schema           |
      | test-e2e | env.CLIENT_ENV   |
      | develop  | env.CLIENT_ENV   |
      | PROD     | env.CLIENT_ENV   |

  Scenario Outline: The environment name "<name>" means the images of "<images>"
    Catches: an alias stops being understood, or an unset name stops meaning production while people rely on either.

    When the chart is rendered with "env.CLIENT_ENV=<name>"
    Then the image of the jobs-manager is that of "<images>"

    Examples:
      | name        | images |
      | development | dev    |
      | staging     | stg    |
      |             | prod   |
