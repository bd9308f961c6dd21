"""`python -m environments.reference_platform.training`: runs the training pod."""

from environments.reference_platform.training.pod import main

if __name__ == "__main__":
    main()
