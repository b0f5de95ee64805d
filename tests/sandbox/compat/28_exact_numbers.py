from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb, gcd, isqrt, lcm
from statistics import mean, median

getcontext().prec = 30
print(Decimal(1) / 7, Fraction(3, 4) + Fraction(1, 6), comb(50, 25), gcd(84, 30), lcm(4, 6), isqrt(10**20))
print(mean([1, 2, 4]), median([3, 1, 2]), 2**200, pow(3, -1, 11), 0.1 + 0.2, round(2.5), divmod(-7, 3))
