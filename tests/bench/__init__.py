"""`make bench`: what the pages cost, beside a bare Django view and pgbench in the same run. See docs/bench.md."""
