"""Everything a tenant owns: nouns, their verbs and their shapes."""
