@ring1 @p0 @budget.60
Feature: Client runtime security

  It protects the owners of data: a stranger's model runs beside their datasets, so the job that runs it may do as little as possible.
  The invariants are those of the client's public chart (docs/SECURITY.md, sections 4 and 7). They are looked up in the job that the running
  client really created, and on a cluster in the pod as it runs.

  @catches.training-job-runs-as-root @catches.service-account-token-mounted @catches.shared-folder-mounted-writable
  @catches.signing-secret-in-training-pod @catches.training-job-keeps-capabilities @catches.training-job-may-gain-privileges
  @catches.training-job-calls-unfiltered @catches.training-job-on-the-network-of-its-node @catches.training-pods-without-limits
  Scenario: The jobs of a training and of an ingestion keep every invariant
    Catches: a rewritten job template loses a line of hardening, and nobody sees it until a model uses the gap.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "weak linear" for 1 epoch and 1 cycle
    And the owner looks at the training job
    Then it gets no token of the cluster
    And it runs neither as root nor as a user that the client chose, under the runtime's own seccomp profile
    And no container of it has privileges or can gain any
    And it sees the shared folder read-only
    And it requests what it is limited to, "cpu=1,memory=1Gi", and no GPU
    And its pods are labelled as training, and itself as the client's
    And nothing of the host is in it
    And it carries no secret of the secure environment
    And its token is for its own work alone, and ends a week after the job was made
    And its image comes from "docker.io/" without a pull secret
    When the owner looks at the ingestion jobs
    Then they get no token of the cluster
    And they run neither as root nor as a user that the client chose, under the runtime's own seccomp profile
    And no container of them has privileges or can gain any
    And they request what they are limited to, "cpu=1,memory=1Gi", and no GPU
    And they are named and labelled after their ingestion run
    And nothing of the host is in them
    And they do not carry the secret that pods' tokens are signed with

  @catches.training-job-writes-to-its-root
  Scenario: Only the tasks of the old training images get a root they can write to
    Catches: a task is added to the wrong list, and its training writes over the image's own files.

    Given a secure environment is Online
    When work arrives for the tasks "tabular classification", "tabular regression", "text classification" and "image classification"
    Then the jobs for "tabular classification", "tabular regression" and "text classification" have a read-only root and places of their own to write to
    And the job for "image classification" has the root of its image

  @needs.confinement @catches.uploaded-model-reads-every-file @catches.model-may-connect @catches.model-changes-others-files
  @catches.models-memory-files-not-counted @catches.models-folder-without-limit @catches.models-files-without-limit
  Scenario: A model that tries to break out is stopped, its team is told, and nothing leaks
    Catches: the confinement of uploaded models is lost with an upgrade, and a model carries another owner's rows away in its weights.
    What a local process can be held back from is tried on the living pod. On a cluster the container holds back the same, which the jobs above show.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 20 rows to train and 10 rows to test
    And a file of another dataset lies in its shared folder
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains a model for each way to break out that is closed everywhere
    Then each attempt is stopped and its team is told why:
      | attempt                                 | words                                                                    |
      | read the file of another dataset        | the model tried what a training pod may not do                           |
      | write into the shared folder            | the model tried what a training pod may not do                           |
      | read the secrets of other processes     | the model tried what a training pod may not do                           |
      | open a connection to the platform       | the model tried what a training pod may not do                           |
      | have the node start a program           | the model tried what a training pod may not do                           |
      | change when another dataset was written | the model tried what a training pod may not do                           |
      | hide memory in files without a name     | the model tried what a training pod may not do                           |
      | start many processes                    | the model tried what a training pod may not do                           |
      | open many files                         | the model took more disk, open files or threads than its pod may use     |
      | fill the disk                           | the model took more disk, open files or threads than its pod may use     |
      | take more memory than the job may use   | the model needed more memory than its pod has                            |
    And no attempt got what it was after
    And the shared folder holds what it held before

  @needs.confinement @needs.pod-namespaces
  Scenario Outline: A model that tries to <attempt> is stopped
    Catches: a model whose marks tell an outsider whose data came in last night, or one that takes the machine of everybody beside it.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 20 rows to train and 10 rows to test
    And a file of another dataset lies in its shared folder
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains a model that tries to <attempt>
    Then each attempt is stopped and its team is told why:
      | attempt   | words   |
      | <attempt> | <words> |
    And no attempt got what it was after

    @catches.model-changes-others-files
    Examples:
      | attempt                              | words                                          |
      | see when another dataset was written | the model tried what a training pod may not do |

    @catches.models-threads-without-limit
    Examples:
      | attempt            | words                                                                |
      | start many threads | the model took more disk, open files or threads than its pod may use |

  @needs.confinement @catches.models-processor-time-without-limit
  Scenario: A model that does not end by itself is ended, and its job says how
    Catches: a model that goes round in circles keeps a hospital's only machine, or its team is told that the platform failed.

    Then models that do not end by themselves are ended, and the job's log says why:
      | a model that      | processor time | time | words                                                                                  |
      | computes for ever | 1              | 30   | the model used more than 1 s of processor time and was ended                           |
      | waits for ever    | 60             | 1    | the model was still running after 1 s and was ended                                    |
      | crashes           | 60             | 60   | the model's process crashed (Segmentation fault) before it gave a result               |
      | leaves            | 60             | 60   | the model's process ended with exit code 3 before it gave a result                     |

  @needs.confinement @catches.models-output-without-limit
  Scenario: A model that talks without end fills no log
    Catches: one model's progress bars fill the disk of a hospital's node, and the log of nobody's job can be read.

    Then of a model that prints 1000 KiB, the job's log holds 256 KiB and says that the rest is left out
    And of a model that prints 200 KiB, the job's log holds all

  @catches.labels-handed-to-the-model @catches.flops-taken-on-trust
  Scenario: A model that lies about what it can do and what it cost is not believed
    Catches: a team without a model leads the board, and trains for free.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 150 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains a model that looks up the answers and says that it cost nothing
    Then the experiment is "Completed"
    And the accuracy of cycle 1 is no better than chance
    And the training has cost at least 500 operations

  @needs.cluster @catches.service-account-token-mounted @catches.shared-folder-mounted-writable @catches.signing-secret-in-training-pod
  Scenario: The pod of a training runs as its job says
    Catches: an admission rule or a new version of the cluster adds a token, a host path or a capability that no template shows.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    When "the participant" trains the "weak linear" for 1 epoch and 1 cycle
    And the owner looks at the training pod as the cluster runs it
    Then it gets no token of the cluster
    And it runs neither as root nor as a user that the client chose, under the runtime's own seccomp profile
    And no container of it has privileges or can gain any
    And it sees the shared folder read-only
    And it requests what it is limited to, "cpu=1,memory=1Gi", and no GPU
    And nothing of the host is in it
    And it carries no secret of the secure environment
    And its image comes from "docker.io/" without a pull secret

  @needs.cluster @catches.training-job-runs-as-root @catches.shared-folder-mounted-writable @catches.service-account-token-mounted
  @catches.training-job-keeps-capabilities @catches.training-job-may-gain-privileges @catches.training-job-calls-unfiltered
  @catches.training-job-writes-to-its-root @catches.training-job-on-the-network-of-its-node @catches.training-pods-without-limits
  Scenario: A training pod that runs can do as little as its job says
    Catches: a runtime that ignores what the job asks for, so that a model finds a token, a capability or a folder to write to.

    Given a secure environment whose training jobs may use "cpu=1,memory=1Gi" is Online with 20 rows to train and 10 rows to test
    And a use case for "tabular classification" scored by "accuracy" is published on them
    And "the participant" has joined the use case
    And "the participant" has started the "two layer CNN" for 1000 epochs and 1 cycle
    When the owner looks around in the training pod while it runs
    Then its processes are not root's, have no capability and can gain none
    And the system calls of its processes are filtered
    And nothing can be written to its shared folder and to its root
    And there is no token of the cluster in it
    And it has a network of its own, and no more memory than "1Gi"
