# attack: raises SystemExit(0) while it is loaded; expect: error;
# then: right; says: SystemExit
raise SystemExit(0)
