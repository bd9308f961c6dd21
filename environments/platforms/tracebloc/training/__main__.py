"""`python -m environments.platforms.tracebloc.training`: runs the training pod."""

from environments.processes import late_environment

if __name__ == "__main__":
    late_environment.begin_without()
    from environments.platforms.tracebloc.training.pod import main

    main()
