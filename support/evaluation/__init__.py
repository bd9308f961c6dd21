"""Is it worth it? What merges break, which ring the incidents justify, and what state the suites of several repositories are in."""
