"""The AMQP 1.0 type system: bytes to Python values and back.

A decoded value remembers its type on the wire (`UInt`, `Symbol`, ...), so that it is encoded again unchanged.
Plain Python values are encoded as: int = long, float = double, str = string, bytes = binary, dict = map, list = list.

Source: OASIS AMQP 1.0, part 1 (types).
"""

import struct
import uuid
from collections.abc import Callable
from struct import Struct
from typing import Any, TypeAlias

from ..errors import MalformedPeer


class Symbol(str):
    """An ASCII name of a closed vocabulary."""

    __slots__ = ()


class UByte(int):
    """Unsigned, 8 bits."""


class UShort(int):
    """Unsigned, 16 bits."""


class UInt(int):
    """Unsigned, 32 bits."""


class ULong(int):
    """Unsigned, 64 bits."""


class Byte(int):
    """Signed, 8 bits."""


class Short(int):
    """Signed, 16 bits."""


class Int(int):
    """Signed, 32 bits."""


class Timestamp(int):
    """Milliseconds since 1970-01-01 UTC."""


class Float(float):
    """32 bits."""

    __slots__ = ()


class Encoded(bytes):
    """A value that is encoded already, its constructor included; also what Python has no type for (decimals, char)."""

    __slots__ = ()


class Array(list[Any]):
    """Values that all have one type."""


class Described:
    """A value with a descriptor, which says what it stands for."""

    __slots__ = ("descriptor", "value")

    def __init__(self, descriptor: "Value", value: "Value") -> None:
        self.descriptor = descriptor
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Described) and (self.descriptor, self.value) == (other.descriptor, other.value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Described({self.descriptor!r}, {self.value!r})"


# a value can hold values that hold values: a peer must not be able to exhaust the stack with it
DEEPEST = 32

# whatever AMQP has a type for
Value: TypeAlias = Any

_Decoded = tuple[Value, int]
_uint8, _uint32 = Struct(">B"), Struct(">I")
_int8, _int64 = Struct(">b"), Struct(">q")


def decode(buffer: bytes, position: int = 0, depth: int = 0) -> _Decoded:
    """Decode the value that begins at `position`; returns it and the position after it. Raises MalformedPeer."""
    try:
        return _decode(buffer, position, depth)
    except (IndexError, KeyError, ValueError, TypeError, struct.error) as error:
        raise MalformedPeer(f"not an AMQP value at byte {position}: {type(error).__name__}") from error


def skip(buffer: bytes, position: int) -> int:
    """The position after the value that begins at `position`, without decoding it. Raises MalformedPeer."""
    try:
        while buffer[position] == 0:
            position = skip(buffer, position + 1)
        width = buffer[position] >> 4
        if width in _FIXED_WIDTH:
            end = position + 1 + _FIXED_WIDTH[width]
        elif width in (0xA, 0xC, 0xE):
            end = position + 2 + buffer[position + 1]
        else:
            end = position + 5 + _uint32.unpack_from(buffer, position + 1)[0]
    except (IndexError, struct.error, RecursionError) as error:
        raise MalformedPeer(f"not an AMQP value at byte {position}") from error
    if end > len(buffer):
        raise MalformedPeer(f"the AMQP value at byte {position} is cut short")
    return int(end)


def _decode(buffer: bytes, position: int, depth: int) -> _Decoded:
    return _decode_as(buffer[position], buffer, position + 1, depth)


def _decode_as(constructor: int, buffer: bytes, position: int, depth: int) -> _Decoded:
    if decoder := _DECODERS.get(constructor):
        return decoder(buffer, position)
    if depth >= DEEPEST:
        raise MalformedPeer(f"AMQP values nested more than {DEEPEST} deep")
    return _NESTED[constructor](buffer, position, depth + 1)


def _constant(value: Value) -> Callable[[bytes, int], _Decoded]:
    return lambda _buffer, position: (value, position)


def _number(layout: str, wire_type: type) -> Callable[[bytes, int], _Decoded]:
    packing = Struct(layout)
    if wire_type in (int, float):
        return lambda buffer, position: (packing.unpack_from(buffer, position)[0], position + packing.size)
    return lambda buffer, position: (wire_type(packing.unpack_from(buffer, position)[0]), position + packing.size)


def _variable(length_packing: Struct, convert: Callable[[bytes], Any]) -> Callable[[bytes, int], _Decoded]:
    def decoder(buffer: bytes, position: int) -> _Decoded:
        start = position + length_packing.size
        end = start + length_packing.unpack_from(buffer, position)[0]
        if end > len(buffer):
            raise ValueError("cut short")
        return convert(buffer[start:end]), end

    return decoder


def _opaque(constructor: int, width: int) -> Callable[[bytes, int], _Decoded]:
    return lambda buffer, position: (Encoded(bytes((constructor,)) + buffer[position : position + width]), position + width)


def _boolean(buffer: bytes, position: int) -> _Decoded:
    return buffer[position] == 1, position + 1


def _uuid(buffer: bytes, position: int) -> _Decoded:
    return uuid.UUID(bytes=buffer[position : position + 16]), position + 16


def _described(buffer: bytes, position: int, depth: int) -> _Decoded:
    descriptor, position = _decode(buffer, position, depth)
    value, position = _decode(buffer, position, depth)
    return Described(descriptor, value), position


def _extent(packing: Struct, buffer: bytes, position: int) -> tuple[int, int, int]:
    """Of a list, map or array: how many items, where they begin, where they end."""
    end = position + packing.size + packing.unpack_from(buffer, position)[0]
    count = packing.unpack_from(buffer, position + packing.size)[0]
    # no item of a list is shorter than a byte; the same limit keeps an array of nulls from filling the memory
    if end > len(buffer) or count > end - position:
        raise ValueError("longer than its bytes")
    return count, position + 2 * packing.size, end


def _list(packing: Struct) -> Callable[[bytes, int, int], _Decoded]:
    def decoder(buffer: bytes, position: int, depth: int) -> _Decoded:
        count, position, end = _extent(packing, buffer, position)
        items = []
        for _ in range(count):
            item, position = _decode(buffer, position, depth)
            items.append(item)
        if position != end:
            raise ValueError("not as long as it says")
        return items, end

    return decoder


def _map(packing: Struct) -> Callable[[bytes, int, int], _Decoded]:
    decode_list = _list(packing)

    def decoder(buffer: bytes, position: int, depth: int) -> _Decoded:
        items, end = decode_list(buffer, position, depth)
        return dict(zip(items[::2], items[1::2], strict=True)), end

    return decoder


def _array(packing: Struct) -> Callable[[bytes, int, int], _Decoded]:
    def decoder(buffer: bytes, position: int, depth: int) -> _Decoded:
        count, position, end = _extent(packing, buffer, position)
        constructor = buffer[position]
        position += 1
        descriptor = None
        if constructor == 0:
            descriptor, position = _decode(buffer, position, depth)
            constructor = buffer[position]
            position += 1
        items = Array()
        for _ in range(count):
            item, position = _decode_as(constructor, buffer, position, depth)
            items.append(item if descriptor is None else Described(descriptor, item))
        if position != end:
            raise ValueError("not as long as it says")
        return items, end

    return decoder


def _text(raw: bytes) -> str:
    return raw.decode()


def _symbol(raw: bytes) -> Symbol:
    return Symbol(raw.decode("ascii"))


# the upper half of a constructor says how many bytes follow it
_FIXED_WIDTH = {4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16}

_DECODERS: dict[int, Callable[[bytes, int], _Decoded]] = {
    0x40: _constant(None),
    0x41: _constant(True),
    0x42: _constant(False),
    0x43: _constant(UInt(0)),
    0x44: _constant(ULong(0)),
    0x45: lambda _buffer, position: ([], position),
    0x50: _number(">B", UByte),
    0x51: _number(">b", Byte),
    0x52: _number(">B", UInt),
    0x53: _number(">B", ULong),
    0x54: _number(">b", Int),
    0x55: _number(">b", int),
    0x56: _boolean,
    0x60: _number(">H", UShort),
    0x61: _number(">h", Short),
    0x70: _number(">I", UInt),
    0x71: _number(">i", Int),
    0x72: _number(">f", Float),
    0x73: _opaque(0x73, 4),
    0x74: _opaque(0x74, 4),
    0x80: _number(">Q", ULong),
    0x81: _number(">q", int),
    0x82: _number(">d", float),
    0x83: _number(">q", Timestamp),
    0x84: _opaque(0x84, 8),
    0x94: _opaque(0x94, 16),
    0x98: _uuid,
    0xA0: _variable(_uint8, bytes),
    0xA1: _variable(_uint8, _text),
    0xA3: _variable(_uint8, _symbol),
    0xB0: _variable(_uint32, bytes),
    0xB1: _variable(_uint32, _text),
    0xB3: _variable(_uint32, _symbol),
}

_NESTED: dict[int, Callable[[bytes, int, int], _Decoded]] = {
    0x00: _described,
    0xC0: _list(_uint8),
    0xC1: _map(_uint8),
    0xD0: _list(_uint32),
    0xD1: _map(_uint32),
    0xE0: _array(_uint8),
    0xF0: _array(_uint32),
}


def encode(value: Value) -> bytes:
    """Encode one value; raises TypeError for a type that AMQP does not have."""
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        raise TypeError(f"no AMQP type for {type(value).__name__}")
    return encoder(value)


def encode_list(encoded_items: list[bytes]) -> bytes:
    """A list of items that are encoded already."""
    return _compound(0xC0, len(encoded_items), b"".join(encoded_items))


def _sized(short_constructor: int, raw: bytes) -> bytes:
    if len(raw) < 256:
        return bytes((short_constructor, len(raw))) + raw
    return bytes((short_constructor + 0x10,)) + _uint32.pack(len(raw)) + raw


def _compound(short_constructor: int, count: int, body: bytes) -> bytes:
    if count < 256 and len(body) < 255:
        return bytes((short_constructor, len(body) + 1, count)) + body
    return bytes((short_constructor + 0x10,)) + _uint32.pack(len(body) + 4) + _uint32.pack(count) + body


def _packed(constructor: int, layout: str) -> Callable[[Any], bytes]:
    packing = Struct(layout)
    prefix = bytes((constructor,))
    return lambda value: prefix + packing.pack(value)


def _signed(short_constructor: int, constructor: int, layout: str) -> Callable[[int], bytes]:
    short, long = _packed(short_constructor, ">b"), _packed(constructor, layout)
    return lambda value: short(value) if -128 <= value <= 127 else long(value)


def _unsigned(zero: int, short_constructor: int, constructor: int, layout: str) -> Callable[[int], bytes]:
    none, short, long = bytes((zero,)), _packed(short_constructor, ">B"), _packed(constructor, layout)
    return lambda value: none if value == 0 else short(value) if value < 256 else long(value)


def _encode_map(value: dict[Any, Any]) -> bytes:
    return _compound(0xC1, 2 * len(value), b"".join(encode(key) + encode(item) for key, item in value.items()))


def _encode_array(value: Array) -> bytes:
    if not value:
        return b"\xe0\x02\x00\x40"
    constructor, encode_item = _ARRAY_ITEMS[type(value[0])]
    return _compound(0xE0, len(value), constructor + b"".join(map(encode_item, value)))


def _long_sized(raw: bytes) -> bytes:
    return _uint32.pack(len(raw)) + raw


# all items of an array share one constructor, so always the widest
_ARRAY_ITEMS: dict[type, tuple[bytes, Callable[[Any], bytes]]] = {
    bool: (b"\x56", lambda value: b"\x01" if value else b"\x00"),
    int: (b"\x81", _int64.pack),
    Int: (b"\x71", Struct(">i").pack),
    UInt: (b"\x70", _uint32.pack),
    ULong: (b"\x80", Struct(">Q").pack),
    Timestamp: (b"\x83", _int64.pack),
    float: (b"\x82", Struct(">d").pack),
    str: (b"\xb1", lambda value: _long_sized(value.encode())),
    Symbol: (b"\xb3", lambda value: _long_sized(value.encode())),
    bytes: (b"\xb0", _long_sized),
    uuid.UUID: (b"\x98", lambda value: value.bytes),
}

_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _value: b"\x40",
    bool: lambda value: b"\x41" if value else b"\x42",
    int: _signed(0x55, 0x81, ">q"),
    str: lambda value: _sized(0xA1, value.encode()),
    Symbol: lambda value: _sized(0xA3, value.encode()),
    bytes: lambda value: _sized(0xA0, value),
    UByte: _packed(0x50, ">B"),
    UShort: _packed(0x60, ">H"),
    UInt: _unsigned(0x43, 0x52, 0x70, ">I"),
    ULong: _unsigned(0x44, 0x53, 0x80, ">Q"),
    Byte: _packed(0x51, ">b"),
    Short: _packed(0x61, ">h"),
    Int: _signed(0x54, 0x71, ">i"),
    Timestamp: _packed(0x83, ">q"),
    float: _packed(0x82, ">d"),
    Float: _packed(0x72, ">f"),
    uuid.UUID: lambda value: b"\x98" + value.bytes,
    list: lambda value: encode_list([encode(item) for item in value]),
    dict: _encode_map,
    Array: _encode_array,
    Encoded: bytes,
    Described: lambda value: b"\x00" + encode(value.descriptor) + encode(value.value),
}
