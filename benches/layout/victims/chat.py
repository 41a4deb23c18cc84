"""An asyncio server with clients of its own, some of which never leave."""
import asyncio
import collections
import sys


class Message:
    __slots__ = ("sender", "text", "room")

    def __init__(self, sender, text, room):
        self.sender, self.text, self.room = sender, text, room


class Room:
    def __init__(self, name):
        self.name = name
        self.members = {}
        self.history = collections.deque(maxlen=50)


class Session:
    def __init__(self, name, room, writer):
        self.name, self.room, self.writer = name, room, writer
        self.on_close = [self.leave, lambda: room.members.pop(name, None)]
        self.inbox = asyncio.Queue()
        room.members[name] = self

    def leave(self):
        self.room.members.pop(self.name, None)


ROOMS = {name: Room(name) for name in ("lobby", "ops", "dev")}
FORGOTTEN = []


async def serve(reader, writer):
    name = (await reader.readline()).decode().strip()
    room = ROOMS[("lobby", "ops", "dev")[len(name) % 3]]
    session = Session(name, room, writer)
    if name.endswith("7"):
        FORGOTTEN.append(session)
    while line := await reader.readline():
        message = Message(session, line.decode(), room)
        room.history.append(message)
        for other in list(room.members.values()):
            await other.inbox.put(message)


async def client(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("{}\nhello from {}\n".format(name, name).encode())
    await writer.drain()
    await reader.read()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    clients = [asyncio.create_task(client(port, "user-{}".format(nth)), name="client-{}".format(nth)) for nth in range(30)]
    await asyncio.sleep(0.5)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in clients:
        task.cancel()


asyncio.run(main())
