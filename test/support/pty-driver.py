"""Runs a program in a pseudo-terminal. Reads one JSON command per line, writes one JSON event per line.

Commands: {"write": text}, {"resize": [rows, columns]}. Events: {"output": text}, {"exit": code or -signal}.
"""
import codecs
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def tell(event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main():
    program = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(program["cwd"])
        os.execvpe(program["command"], [program["command"], *program["args"]], program["env"])
    resize(terminal, program["rows"], program["columns"])
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    commands = b""
    while True:
        ready, _, _ = select.select([terminal, 0], [], [])
        if terminal in ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                data = b""
            if not data:
                break
            tell({"output": decoder.decode(data)})
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, commands = (commands + data).split(b"\n")
            for line in lines:
                command = json.loads(line)
                if "write" in command:
                    os.write(terminal, command["write"].encode())
                if "resize" in command:
                    resize(terminal, *command["resize"])
    os.close(terminal)
    tell({"exit": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])})


main()
