import logging
import sys

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
log = logging.getLogger("solver")
log.debug("hidden")
log.info("shown %d", 3)
print("done")
print("last words", file=sys.stderr)
