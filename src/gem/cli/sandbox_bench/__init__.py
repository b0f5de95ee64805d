"""The parts of `gem-gym bench sandbox`, whose command line is `gem.cli.bench_sandbox`.

`rows` says what is measured and which bars there are; `worker` holds the process of a contestant, which runs the
package `side`; `measuring` asks them in turn; `figures` keeps what they answer and `table` shows it.
"""
