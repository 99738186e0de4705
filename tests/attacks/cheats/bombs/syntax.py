# attack: has the parser nest deeper than it can; expect: error rule
exec("(" * 100_000)
