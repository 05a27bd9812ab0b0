"""The wire between a tests' kernel and a learner's kernel: JSON over a Unix socket in a folder that both can see.

Each message is its length in 8 bytes and then its text. Neither side trusts the other to send what it should.
"""

import json
import socket
import struct
from typing import Any

LARGEST = 256 << 20
"""Bytes of a message; a longer one ends the connection."""


class Broken(ConnectionError):
    """The other side has left, or says what it must not."""


def send(connection: socket.socket, message: Any) -> None:
    """Send one message. Raises ValueError when it is too large."""
    data = json.dumps(message).encode()
    if len(data) > LARGEST:
        raise ValueError(f"the data have {len(data) >> 20} MB; no more than {LARGEST >> 20} MB can be passed")
    connection.sendall(struct.pack(">Q", len(data)) + data)


def receive(connection: socket.socket) -> dict:
    """The next message. Raises Broken when there is none."""
    length = struct.unpack(">Q", _exactly(connection, 8))[0]
    if length > LARGEST:
        raise Broken("the message is too long")
    try:
        message = json.loads(_exactly(connection, length))
    except (ValueError, RecursionError) as error:
        raise Broken("the message is no JSON") from error
    if not isinstance(message, dict):
        raise Broken("the message is no object")
    return message


def _exactly(connection: socket.socket, length: int) -> bytearray:
    """So many bytes; memory is taken as they come, not as they are announced."""
    data = bytearray()
    while len(data) < length:
        try:
            part = connection.recv(min(length - len(data), 1 << 20))
        except OSError as error:
            raise Broken(str(error)) from error
        if not part:
            raise Broken("the other side has left")
        data += part
    return data
