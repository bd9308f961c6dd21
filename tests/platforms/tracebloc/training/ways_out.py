"""What an uploaded model tries in order to get out of its sandbox: one way each, as the last lines of a model file.

Each sets `got` to what it got; none may get anything.
"""

SOCKETS = {
    "connect to the node's socket by its path": "s = socket.socket(socket.AF_UNIX); s.connect(node_socket); got = 'connected'",
    "connect to the node's socket through a folder it opened": (
        "s = socket.socket(socket.AF_UNIX); f = os.open(os.path.dirname(node_socket), os.O_RDONLY);"
        " s.connect(f'/proc/self/fd/{f}/node.sock'); got = 'connected'"
    ),
    "connect to an abstract socket": "s = socket.socket(socket.AF_UNIX); s.connect(abstract_socket); got = 'connected'",
    "send to a datagram socket": "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', node_socket); got = 'sent'",
    "connect to the network": "got = socket.create_connection(('127.0.0.1', port), timeout=5)",
    "connect to the network by IPv6": "s = socket.socket(socket.AF_INET6); s.connect(('::1', port)); got = 'connected'",
    "ask a name server": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.53', 53)); got = 'sent'",
    "listen for connections": "s = socket.create_server(('127.0.0.1', 0)); got = s.getsockname()",
    "reach the machine's host over VSOCK": "s = socket.socket(40, socket.SOCK_STREAM); got = 'made'",
    "ask the kernel over netlink": "s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); got = 'made'",
    "take packets off the wire": "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); got = 'made'",
    "use the kernel's cryptography sockets": "s = socket.socket(38, socket.SOCK_SEQPACKET); got = 'made'",
    "make a pair of sockets to pass files through": "got = socket.socketpair()",
    "make a socket by io_uring": "got = call('io_uring_setup', 8, ctypes.create_string_buffer(120))",
}
PROCESSES = {
    "fork": "got = os.fork() or os._exit(0)",
    "fork by clone": "got = call('clone', 17, 0, 0, 0, 0) or os._exit(0)",
    "run a program from memory": "got = call('execveat', 0, b'', 0, 0, 0x1000)",
    "signal the pod": "os.kill(pod, signal.SIGCONT); got = 'signalled'",
    "signal all processes": "os.kill(-1, signal.SIGCONT); got = 'signalled'",
    "signal the pod by a thread of it": "got = call('tgkill', pod, pod, 18)",
    "open the pod as a process": "got = os.pidfd_open(pod)",
    "take a file out of the pod": "got = call('pidfd_getfd', 1, 3, 0)",
    "read the pod's memory": "got = call('process_vm_readv', pod, 0, 0, 0, 0, 0)",
    "trace the pod": "got = call('ptrace', 16, pod, 0, 0)",
    "read the pod's environment": "got = open(f'/proc/{pod}/environ', 'rb').read()",
    "list the processes": "got = [each for each in os.listdir('/proc') if each.isdigit()]",
    "change the pod's limits": "got = resource.prlimit(pod, resource.RLIMIT_NOFILE)",
    "change the pod's priority": "got = call('setpriority', 0, pod, 1)",
    "make itself readable for others": "got = ctypes.CDLL(None).prctl(4, 1, 0, 0, 0) or 'set'; got = None if got == -1 else got",
    "ask to be traced, and so take the pod's signals": "got = call('ptrace', 0, 0, 0, 0)",
    "write to the pod's memory": "got = call('process_vm_writev', pod, 0, 0, 0, 0, 0)",
    "advise on the pod's memory": "got = call('process_madvise', 1, 0, 0, 4, 0)",
    "compare itself with the pod": "got = call('kcmp', pod, os.getpid(), 2, 0, 0)",
    "fork by clone3": "got = call('clone3', ctypes.create_string_buffer(88), 88) or os._exit(0)",
    "run a file of its folder": "f = open('run', 'wb'); f.write(b'x'); f.close(); os.execv('run', ['run']); got = 'ran'",
    "bind the pod to a processor": "os.sched_setaffinity(pod, {0}); got = 'bound'",
    "take the processor for itself": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)); got = 'taken'",
    "be preferred by the disk": "got = call('ioprio_set', 1, pod, 0x2000)",
    "move the pod's memory": "got = call('migrate_pages', pod, 0, 0, 0)",
    "outlive the guard": "got = ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) or 'set'; got = None if got == -1 else got",
    "leave the group that is killed": "os.setsid(); got = 'left'",
    "have a file signal another process": "r, w = os.pipe(); got = fcntl.fcntl(r, 8, 1)",
    "take another personality": "got = call('personality', 0x0040000)",
    "be spared when memory runs out": "got = open('/proc/self/oom_score_adj', 'w').write('-1000')",
}
FILES = {
    "read another's file": "got = open(other_file).read()",
    "look whether another's file is there": "got = os.stat(other_file)",
    "look whether another's file is there by access": "got = os.access(other_file, os.F_OK) or None",
    "list another's folder": "got = os.listdir(os.path.dirname(other_file))",
    "go to another's folder": "os.chdir(os.path.dirname(other_file)); got = os.getcwd()",
    "change the rights of a library": "got = os.chmod(library, 0o777) or 'changed'",
    "change the rights of an open library": "got = os.fchmod(os.open(library, os.O_RDONLY), 0o777) or 'changed'",
    "change the owner of a library": "got = os.chown(library, 0, 0) or 'changed'",
    "change the times of a library": "got = os.utime(library, (1, 1)) or 'changed'",
    "change the times of an open library": "got = os.utime(os.open(library, os.O_RDONLY), (1, 1)) or 'changed'",
    "put an attribute on a library": "got = os.setxattr(library, 'user.x', b'x') or 'changed'",
    "read an attribute of a library": "got = os.listxattr(library)",
    "write to a library": "got = open(library, 'a')",
    "remove a library": "got = os.unlink(library) or 'removed'",
    "link a library into its folder": "got = os.link(library, 'library') or 'linked'",
    "get above its root": "got = os.listdir('/' + '../' * 40 + os.path.dirname(other_file))",
    "get out by a symbolic link": "os.symlink(other_file, 'other'); got = open('other').read()",
    "get out by its process's root": "got = open('/proc/self/root' + other_file).read()",
    "get out by the guard's root": "got = os.listdir('/proc/1/root')",
    "change its root": "got = os.chroot('.') or 'changed'",
    "mount something": "got = call('mount', b'proc', b'.', b'proc', 0, 0)",
    "make a device": "got = os.mknod('disk', 0o60666, os.makedev(8, 0)) or 'made'",
    "open a file by its handle": "got = call('open_by_handle_at', -100, 0, 0)",
    "find a file's handle": "got = call('name_to_handle_at', -100, b'/usr', 0, 0, 0)",
    "hold up who opens a library": "got = fcntl.fcntl(os.open(library, os.O_RDONLY), 1024, 0) or 'leased'",
    "hear of changes beside a library": "got = fcntl.fcntl(os.open(os.path.dirname(library), os.O_RDONLY), 1026, 4) or 'heard'",
    "watch all files there are": "got = call('fanotify_init', 0, 0)",
    "open a tree of mounts": "got = call('open_tree', -100, b'/', 1)",
    "make a file system": "got = call('fsopen', b'tmpfs', 0)",
    "turn its root": "got = call('pivot_root', b'.', b'.')",
    "make room in a library": "got = os.posix_fallocate(os.open(library, os.O_RDWR), 0, 1) or 'made'",
    "cut a library by its name": "os.truncate(library, 0); got = 'cut'",
    "move a library into its folder": "os.rename(library, 'library'); got = 'moved'",
    "watch others' files": "got = call('inotify_init1', 0)",
    "write a setting of the kernel": "got = open('/proc/sys/kernel/core_pattern', 'w')",
    "enter namespaces of its own": "got = call('unshare', 0x10000000)",
    "enter the namespaces of others": "got = call('setns', 1, 0)",
}
KERNEL = {
    "load a program into the kernel": "got = call('bpf', 0, 0, 0)",
    "handle page faults itself": "got = call('userfaultfd', 0)",
    "count events of the processor": "got = call('perf_event_open', 0, 0, -1, -1, 0)",
    "look into the kernel's keys": "got = call('keyctl', 0, -3, 0)",
    "keep a key in the kernel": "got = call('add_key', b'user', b'a', b'b', 1, -3)",
    "set the clock": "time.clock_settime(time.CLOCK_REALTIME, 1); got = 'set'",
    "load a module": "got = call('init_module', 0, 0, b'')",
    "read the kernel's log": "got = call('syslog', 3, ctypes.create_string_buffer(99), 99)",
    "type into a terminal": "got = call('ioctl', 0, 0x5412, b'x')",
    "call by the numbers of another machine": "got = call(0x40000000 + 41, 1, 1, 0)",
}
LIMITS = {
    "make memory that is a file": "f = os.memfd_create('x'); got = os.write(f, bytes(9))",
    "share memory as System V does": "got = call('shmget', 0, 1 << 20, 0o1600)",
    "share memory in /dev/shm": "got = open('/dev/shm/x', 'wb')",
    "share memory by mapping": "m = mmap.mmap(-1, memory); got = len(m)",
    "take more memory than it may": "got = len(bytearray(memory))",
    "fill its folder with one file": "f = open('large', 'wb'); got = [f.write(bytes(1 << 20)) for _ in range(80)]; f.flush()",
    "fill its folder with many files": "got = [open(f'part{n}', 'wb').write(bytes(1 << 20)) for n in range(80)]",
    "fill its folder with empty files": "got = [open(f'empty{n}', 'wb').close() for n in range(9000)]",
    "open many files": "f = [open('/dev/null') for _ in range(2000)]; got = len(f)",
    "make a pipe larger": "r, w = os.pipe(); got = fcntl.fcntl(w, 1031, 1 << 20)",
    "start many threads": (
        "over = threading.Event(); threading.stack_size(1 << 16)\n"
        "    try: got = [threading.Thread(target=over.wait, daemon=True).start() for _ in range(500)]\n"
        "    finally: over.set()"
    ),
    "raise its limits": "got = resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999)) or 'raised'",
    "send messages through queues": "got = call('mq_open', b'/x', 0o102, 0o600, 0)",
    "lock memory": "got = call('mlockall', 1)",
}
# last: where nothing stops it, none of the others is tried any more
ENDS = {"run a program": "os.execv('/bin/true', ['true'])"}
WAYS_OUT = SOCKETS | PROCESSES | FILES | KERNEL | LIMITS | ENDS

_TRY = """
def attempt():
    got = None
    {code}
    return got
try:
    found = attempt()
    outcomes[{way!r}] = "nothing" if found is None else f"got {{found!r:.80}}"
except BaseException as error:
    outcomes[{way!r}] = f"refused: {{type(error).__name__}}: {{error}}"[:160]
"""
_BEFORE = """
import ctypes, errno, fcntl, json, mmap, os, resource, signal, socket, threading, time
outcomes = {}
def call(name, *arguments):
    ctypes.set_errno(0)
    number = name if isinstance(name, int) else numbers[name]
    code = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    if code < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return code
"""
# Source: Linux, x86_64 and (second) aarch64
_NUMBERS = {
    "io_uring_setup": (425, 425),
    "clone": (56, 220),
    "execveat": (322, 281),
    "tgkill": (234, 131),
    "pidfd_getfd": (438, 438),
    "process_vm_readv": (310, 270),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "clone3": (435, 435),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "personality": (135, 92),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "pivot_root": (155, 41),
    "add_key": (248, 217),
    "init_module": (175, 105),
    "setpriority": (141, 140),
    "mount": (165, 40),
    "open_by_handle_at": (304, 265),
    "inotify_init1": (294, 26),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "syslog": (103, 116),
    "ioctl": (16, 29),
    "shmget": (29, 194),
    "mq_open": (240, 180),
    "mlockall": (151, 230),
}


def model_file(ways: dict[str, str], machine: str, **targets: object) -> str:
    """A model file that tries all of these ways and tells what came of each in an exception's text."""
    column = {"x86_64": 0, "aarch64": 1}[machine]
    known = {"numbers": {name: numbers[column] for name, numbers in _NUMBERS.items()}, **targets}
    settings = "".join(f"{name} = {value!r}\n" for name, value in known.items())
    tries = "".join(_TRY.format(way=way, code=code) for way, code in ways.items())
    return f"{_BEFORE}{settings}{tries}raise RuntimeError('SAW<' + json.dumps(outcomes) + '>')\n"
