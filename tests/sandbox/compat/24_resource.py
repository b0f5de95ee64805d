import resource

usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_maxrss > 0, resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0)
soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
