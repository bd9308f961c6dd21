from behave import step


@step("it is said")
def said_too(context: object) -> None: ...
