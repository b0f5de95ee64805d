"""The fair comparison of algorithms: what is run, the runs themselves, and what they say."""
