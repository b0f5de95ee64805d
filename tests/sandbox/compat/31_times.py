import datetime
import time

start = time.perf_counter()
time.sleep(0.01)
print(time.perf_counter() - start >= 0.01, time.time() > 1.6e9, time.monotonic() > 0, time.process_time() >= 0)
day = datetime.date(2024, 2, 28) + datetime.timedelta(days=2)
print(day, day.strftime("%A"), datetime.datetime.fromisoformat("2024-01-02T03:04:05").isoformat())
print(time.strftime("%Y", time.gmtime(0)), datetime.datetime.fromtimestamp(0, datetime.UTC))
