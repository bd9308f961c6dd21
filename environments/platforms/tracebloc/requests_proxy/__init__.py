"""The only service a training pod talks to: it hands out the pod's work and takes in what came of it."""
