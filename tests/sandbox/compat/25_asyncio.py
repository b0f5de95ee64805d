import asyncio


async def work(name, delay):
    await asyncio.sleep(delay)
    print(name)
    return name


async def main():
    task = asyncio.create_task(work("late", 0.4))
    print(await asyncio.gather(work("b", 0.2), work("a", 0.01)))
    queue = asyncio.Queue()
    await queue.put(1)
    print(await queue.get(), await asyncio.to_thread(sum, [1, 2]), await task)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except TimeoutError:
        print("timeout")


asyncio.run(main())
