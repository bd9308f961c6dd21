from behave import step


@step("it is said")
def said(context: object) -> None: ...
