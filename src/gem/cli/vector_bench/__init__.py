"""The parts of `gem-gym bench vector`, whose command line is `gem.cli.bench_vector`.

`sides` says who is compared and `peers` makes their virtual environments; `plan` says what is measured;
`worker` holds the process that does it, which runs the package `side`; `figures` keeps the results, `table` and
`plot` show them.
"""
