"""The tests of gem; the folders mirror `src/gem`."""
