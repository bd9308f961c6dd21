"""`python -m environments.platforms.tracebloc.training`: runs the training pod."""

from environments.processes import late_environment

if __name__ == "__main__":
    late_environment.begin_without()
    # pytorch: loaded once, for the pod that measures and the process of the model that it forks
    from environments.platforms.tracebloc.training import pod, pytorch  # noqa: F401

    pod.main()
