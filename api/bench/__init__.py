"""How fast a page of shared cases is, as ratios to a bare handler and to graphql-core, measured in one run."""
