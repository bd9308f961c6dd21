"""The values that sentences and tables allow: editors read and complete them, and the lint refuses others with the nearest.

Each list is written out in one plain text, since editors read it from here; tests hold it against what the playbook can do. The module's
name makes it the first that is loaded.
"""

# ruff: noqa: E501 - editors read a text in one piece only

from behave.cucumber_expression import define_parameter_type_with

define_parameter_type_with(
    name="model",
    regexp="box finder|learner by heart|linear regression|logistic regression|picture classifier|pixel classifier|point finder|proportional hazards|row recorder|sequence classifier|small batches only|topic classifier|two layer CNN|weak linear|window forecaster|word guesser",
    type=str,
)
define_parameter_type_with(
    name="task",
    regexp="tabular classification|tabular classification of noise|tabular regression|time series forecasting|time series classification|time to event prediction|image classification|semantic segmentation|keypoint detection|object detection|text classification|masked language modeling",
    type=str,
)
define_parameter_type_with(name="score", regexp="accuracy|concordance|distance|f1|mae|map_50|mean_iou|pck|rmse", type=str)
define_parameter_type_with(
    name="data_category",
    regexp="tabular classification|tabular classification as JSON|tabular regression|time series forecasting|time series classification|time to event prediction|image classification|object detection|keypoint detection|semantic segmentation|text classification|token classification|sentence pair classification|masked language modeling|causal language modeling|seq2seq|embeddings",
    type=str,
)
define_parameter_type_with(name="experiment_status", regexp="Pending|Running|Averaging|Completed|Failed|Stopped|Paused", type=str)
define_parameter_type_with(name="submission_status", regexp="Pending|Scored|Failed", type=str)
define_parameter_type_with(name="environment_status", regexp="Pending|Online|Offline", type=str)
define_parameter_type_with(name="nameable", regexp="use case|experiment|secure environment|training dataset", type=str)
define_parameter_type_with(name="use_case", regexp='the use case(?: "[^"]*")?', type=str)
define_parameter_type_with(name="experiment", regexp='the experiment(?:(?: of)? "[^"]*")?', type=str)
define_parameter_type_with(name="secure_environment", regexp='the secure environment(?: "[^"]*")?', type=str)
define_parameter_type_with(name="training_dataset", regexp='the training dataset(?: "[^"]*")?', type=str)
define_parameter_type_with(name="kept_weights", regexp="without weights|with untrained weights|with its trained weights", type=str)
define_parameter_type_with(name="service", regexp="backend|object store|averaging service|jobs-manager", type=str)
define_parameter_type_with(
    name="door",
    regexp="its requests-proxy|its database|its jobs-manager|the backend|the control plane|the metadata address|the requests-proxy of the other secure environment|the jobs-manager of the other secure environment",
    type=str,
)
define_parameter_type_with(name="place", regexp="first|second|third", type=str)
define_parameter_type_with(name="flow", regexp="training|stored models|refusals", type=str)
define_parameter_type_with(
    name="weights_defect",
    regexp="lack layer.bias|hold one layer.weight only|hold layer.bias in another type|hold layer.extra besides|hold NaN in layer.weight|hold infinity in layer.weight|end after some bytes",
    type=str,
)
define_parameter_type_with(
    name="machine",
    regexp="nothing is the matter|the platform refuses the credentials|the account is not active yet|the platform is unavailable|the platform cannot be reached|the cluster cannot be made|the chart cannot be installed|the client never gets ready|the client's own log says its credentials are wrong|an image cannot be pulled|a container crashes again and again|nobody gives credentials and nobody can be asked|the cluster's name begins with a digit|only help is asked for|an unknown environment name is set|no environment name is set|values of the owner's own are given|values and a chart of the owner's own are given|no release is asked for|a branch is asked for|a branch with a path in its name, unverified is asked for|a branch, unverified is asked for|a commit, unverified is asked for|a branch that was altered on the way, unverified is asked for|a release without checksums is asked for|a release without a signature is asked for|everything is set up already",
    type=str,
)
define_parameter_type_with(
    name="way_in",
    regexp="finding it among the use cases|opening it|joining it|reading the columns of its dataset|linking a model with the SDK|starting an experiment|reading the leaderboard|following the experiment with the SDK|finding the experiment in the list|opening the experiment|submitting its cycle|reading its submissions|fetching the model with the SDK|fetching the model's weights|scoring the model with the SDK|scoring a model of one's own with the SDK|stopping the experiment",
    type=str,
)
define_parameter_type_with(
    name="merge_attempt",
    regexp="asking without a team of one's own|asking one's own team|asking a team of another use case|asking a team that is another's by now|accepting what one's own team has asked",
    type=str,
)
define_parameter_type_with(
    name="break_out",
    regexp="read the file of another dataset|write into the shared folder|read the secrets of other processes|open a connection to the platform|have the node start a program|see when another dataset was written|change when another dataset was written|hide memory in files without a name|start many processes|start many threads|open many files|fill the disk|take more memory than the job may use",
    type=str,
)
define_parameter_type_with(
    name="table_defect",
    regexp="a declared column is missing|a number is not one|a text is longer than declared|a row has no label|there is one class only|a row has too many cells|there is a header and no row|the file is empty|the text is in another encoding|a column is named like one of the framework's|the label's column is declared and not there",
    type=str,
)
define_parameter_type_with(
    name="image_defect", regexp="an image is missing|an image is cut off|an image has another size|a file is not an image", type=str
)
define_parameter_type_with(
    name="sdk_act",
    regexp="logging in|logging out|uploading|linking|reading the columns|choosing rows|starting|following|scoring|fetching the model|fetching its weights|fetching its tokenizer|fetching a template|fetching its parts|fetching pretrained weights",
    type=str,
)
define_parameter_type_with(name="act_on_ended_token", regexp="starting|following|linking|uploading|fetching|scoring", type=str)
define_parameter_type_with(
    name="answer",
    regexp="half an answer|an empty object|a list|a web page|400 with words|400 without a word|400 by field|400 for lack of fields|400 for an unknown model|403 with words|403 without a word|404 without a word|409 with words|426 from 9.0.0|500 with words|500 without a word|502 as a web page|503 with words|nothing|a dropped connection",
    type=str,
)
define_parameter_type_with(name="dataset_choice", regexp="the training dataset|an unknown one", type=str)
define_parameter_type_with(name="intent", regexp="train|test", type=str)
define_parameter_type_with(name="pull_policy", regexp="Always|IfNotPresent|Never", type=str)
define_parameter_type_with(name="client_environment", regexp="dev|stg|prod", type=str)
define_parameter_type_with(name="number_type", regexp="float16|float32|float64|int32|int64", type=str)
define_parameter_type_with(name="list_of_numbers", regexp="[-0-9., ]+", type=str)
define_parameter_type_with(name="time_unit", regexp="seconds|minutes|hours|days", type=str)
