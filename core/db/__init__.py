"""Everything that speaks SQL: one noun a module, each function taking an open connection first."""
