"""Values that nothing can change: dataclasses that inherit their methods instead of having them compiled.

`@dataclass(frozen=True)` compiles six methods for each class, which takes half a millisecond of every start. See docs/decisions.
"""

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass
from typing import Any, ClassVar, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True)
class Frozen:
    """What a class that is derived from it annotates are its fields, as in a frozen dataclass; a default is a value, and no factory.

    `fields`, `replace` and `asdict` of dataclasses work, and `vars` gives the fields in their order.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _defaults: ClassVar[dict[str, object]]
    """By field, in their order; MISSING where there is none."""
    _required: ClassVar[frozenset[str]]

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False)(cls)
        cls._defaults = {name: field.default for name, field in cls.__dataclass_fields__.items()}
        cls._required = frozenset(name for name, default in cls._defaults.items() if default is MISSING)

    def __init__(self, *values: object, **named: object) -> None:
        state = vars(self)
        if len(values) == len(self._defaults) and not named:
            state.update(zip(self._defaults, values, strict=True))
            return
        given = dict(zip(self._defaults, values, strict=False)) | named if values else named
        state.update(self._defaults)
        state.update(given)
        is_whole = len(state) == len(self._defaults) and self._required <= given.keys()
        if not is_whole or (values and len(given) != len(values) + len(named)):
            told = f"{len(values)} values and {', '.join(named) or 'no names'} are too few, too many or others"
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._defaults)}: {told}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field '{name}'")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field '{name}'")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
