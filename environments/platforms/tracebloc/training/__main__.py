"""`python -m environments.platforms.tracebloc.training`: runs the training pod."""

from environments.platforms.tracebloc.training.pod import main

if __name__ == "__main__":
    main()
