"""What `bin/bench` runs: each measure is a ratio to PostgreSQL itself, on the same machine and in the same run.

Words it owns: *ground* (a database and home of the run's own), *limit* (what pgbench reaches with the least SQL that
does the job), *row* (a line of the table). Loads are bounded in count and in time; noise is met by measuring limit,
product, limit, product in turn and comparing neighbours.
"""
