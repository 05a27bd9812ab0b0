import socket

import pytest

from hallyu.courseware import lab
from hallyu.errors import HallyuError


def test_when_every_port_is_in_use_it_says_what_to_close():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(HallyuError, match=f"Every port from {port} to {port} is in use"):
            lab.free_port(port, port)
