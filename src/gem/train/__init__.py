"""Training: pure estimators and losses, and each algorithm as one visible loop. Needs the extra `train`."""
