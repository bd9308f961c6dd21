"""The training pod: runs an uploaded model on the rows of one secure environment, in a limited process of its own.

Source: our choice (tracebloc's training client is private); what it is given and sends is the contract of the requests-proxy.
"""

# What whoever forks this pod from a preloaded process should import first. `torch._dynamo` matters: torch imports it (over a second)
# when the first optimizer is made.
MODULES_TO_PRELOAD = (
    "environments.platforms.tracebloc.training.pod",
    "environments.platforms.tracebloc.training.pytorch",
    "environments.platforms.tracebloc.training.scikit_learn",
    "torch._dynamo",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sklearn.impute",
    "sklearn.preprocessing",
    "mysql.connector",
    "tokenizers",
)
