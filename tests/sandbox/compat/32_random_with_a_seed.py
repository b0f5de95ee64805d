import random

random.seed(42)
print(random.random(), random.randint(1, 100), random.sample(range(50), 4), random.choice("abc"))
print(random.Random(7).gauss(0, 1), len(random.SystemRandom().randbytes(4)))
