@ring1 @p1 @without-platform @budget.120
Feature: The doctor of the observatory

  It protects: whoever wants to run the observatory is told what their machine lacks, and the command that brings it, before anything starts.
  Source: odd-demonstration's doctor, which looks for Docker, kubectl, kind and PowerShell; nothing here needs PowerShell.
  Catches no sabotage: nothing of the platform runs here. The doctor has tests of its own.

  Scenario: The doctor looks at everything that the observatory needs
    Catches: a new server is needed, the doctor does not know it, and people find out from a trace.

    When the doctor looks at this machine
    Then it tells of each of these whether it is there, and what it is for
      | what       | for        |
      | RabbitMQ   | servers    |
      | PostgreSQL | servers    |
      | Redis      | servers    |
      | pika       | servers    |
      | Chromium   | browser    |
      | playwright | browser    |
      | docker     | containers |
      | kubectl    | cluster    |
    And the machine is fit, or the doctor says what is missing, and the exit code says which

  Scenario: What is missing is said with the command that installs it
    Catches: the doctor's command names a package that does not exist, and people search the web for what they have to install.

    When the doctor looks at a machine on which no program is found
    Then it says of these that they are not there, and how to install them
      | what     | command                            |
      | RabbitMQ | apt-get install -y rabbitmq-server |
      | Redis    | apt-get install -y redis-server    |
      | Chromium | apt-get install -y chromium        |
      | docker   | apt-get install -y docker.io       |
    And scenarios that need "servers" are said to be left out, since "RabbitMQ" is not installed
    And scenarios that need "browser" are said to be left out, since "Chromium" is not installed
