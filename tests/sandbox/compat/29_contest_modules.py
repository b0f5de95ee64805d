import heapq
import itertools
import sys
from bisect import bisect_left, insort
from collections import Counter, OrderedDict, defaultdict, deque
from functools import cache, cmp_to_key, lru_cache, partial, reduce
from operator import itemgetter

heap = [5, 1, 4]
heapq.heapify(heap)
print(heapq.heappop(heap), heapq.nsmallest(2, heap), bisect_left([1, 3, 5], 3))


@cache
def ways(n):
    return 1 if n < 2 else ways(n - 1) + ways(n - 2)


@lru_cache(maxsize=100)
def square(n):
    return n * n


print(ways(80), square(4), square.cache_info().misses)
print(list(itertools.islice(itertools.permutations("abc"), 3)), Counter("banana").most_common(2))
row = [1, 3]
insort(row, 2)
print(row, deque([1, 2], 1), dict(defaultdict(int, a=1)), OrderedDict(a=1), reduce(lambda a, b: a * b, [1, 2, 3]))
print(sorted([3, 1], key=cmp_to_key(lambda a, b: a - b)), partial(max, 3)(5), itemgetter(1)([1, 2]), sys.maxsize)
