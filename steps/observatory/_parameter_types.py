"""The values that sentences allow: editors read and complete them, and the lint refuses others with the nearest."""

from behave.cucumber_expression import define_parameter_type_with

define_parameter_type_with(name="part", regexp="broker|store|cache|event store|gateway|processor|metrics engine|read model", type=str)
# editors read neither raw texts nor backslashes: the last one is a list, such as ["mail"]
define_parameter_type_with(name="json", regexp='"[^"]*"|[0-9]+|null|[^" ]"[^"]*".', type=str)
define_parameter_type_with(
    name="broken_event",
    regexp="without its id|without its producer|of an unknown kind|with a version that is none|with a job that has no kind",
    type=str,
)
define_parameter_type_with(name="poison", regexp="a list|a text that is not UTF-8|a job that cannot be stored|half a text", type=str)
define_parameter_type_with(name="no_job", regexp="half a text|nothing|a list|a number|a text that is not UTF-8", type=str)
define_parameter_type_with(name="passed_on", regexp="the alerts|the targets", type=str)
define_parameter_type_with(name="key", regexp="Enter|Backspace|Escape", type=str)
