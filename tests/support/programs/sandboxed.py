"""`python3 sandboxed.py connect|all COMMAND...`: runs a command that may not connect, or neither connect nor listen (EPERM), as
the sandboxes of coding agents do it (seccomp(2), Linux)."""
import ctypes
import os
import platform
import struct
import sys

# connect, bind, listen
CALLS = {"x86_64": (42, 49, 50), "aarch64": (203, 200, 201)}[platform.machine()]
denied = CALLS[:1] if sys.argv[1] == "connect" else CALLS
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
ALLOW, EPERM = 0x7FFF0000, 0x00050000 | 1

rules = [(LOAD, 0, 0, 0)]
rules += [(EQUALS, len(denied) - index, 0, call) for index, call in enumerate(denied)]
rules += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, EPERM)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


prctl = ctypes.CDLL(None, use_errno=True).prctl
program = Program(len(rules), ctypes.addressof(code))
NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2
if prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(SECCOMP, FILTER, ctypes.byref(program), 0, 0):
    sys.exit(f"no sandbox: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[2], sys.argv[2:])
