@ring1 @p1 @budget.120
Feature: Compose and Kubernetes run the same

  It protects: what was proven on compose holds on Kubernetes, since both run the same services in the same versions with the same settings.
  Source: invariant I7 of the observatory. Its own check compares parts of names, one way, so that two versions of a database, and an event
  store that nobody is told of, went unnoticed.
  Catches no sabotage: nothing of the platform is asked here. Each kind of difference is made once below.

  @needs.servers
  Scenario: Both are rendered from one list of services
    Catches: a service is added for one of the two, and is missing from the other until somebody needs it.

    When the services are rendered for compose and for Kubernetes
    Then both run these services and no others
      | service        |
      | rabbitmq       |
      | postgresql     |
      | redis          |
      | event-store    |
      | gateway        |
      | processor      |
      | metrics-engine |
      | read-model     |
      | web-terminal   |
    And they run them from the same images, in the same versions, with the same variables and ports
    And the metrics-engine is told of
      | variable     | value                                                              |
      | RABBITMQ_URL | amqp://observatory:secret SECRET_RABBITMQ_PASSWORD@rabbitmq:port 1 |
      | REDIS_URL    | redis:port 1                                                       |
      | MONGO_URL    | mongodb://event-store:port 1                                       |

  @without-platform
  Scenario Outline: A difference does not go unnoticed: <drift>
    Catches: one of the two is edited by hand, and what is proven on it says nothing of the other.

    Given a compose file and Kubernetes objects that run the same
    When somebody makes one of them differ: "<drift>"
    Then this alone is told of the difference: "<told>"

    Examples:
      | drift                                              | told                                                         |
      | Kubernetes forgets the read-model                  | read-model runs on compose only                              |
      | compose forgets the redis                          | redis runs on Kubernetes only                                |
      | compose gets another redis                         | redis-2 runs on compose only                                 |
      | Kubernetes runs another version of the gateway     | gateway: version 1.4.0 on compose, 2.0.0 on Kubernetes       |
      | compose runs another image of the event-store      | event-store: image example/store on compose, registry        |
      | compose tells the metrics-engine of no event store | metrics-engine: MONGO_URL is set on Kubernetes only          |
      | Kubernetes runs an older event-store               | event-store: version 7 on compose, 6.0 on Kubernetes         |
      | Kubernetes gives the read-model a variable more    | read-model: WORKERS is set on Kubernetes only                 |
      | Kubernetes leads the gateway to another broker     | on compose, amqp://rabbit-2:5672 on Kubernetes               |
      | Kubernetes opens a port of the gateway more        | gateway: port 9229 is open on Kubernetes only                |
