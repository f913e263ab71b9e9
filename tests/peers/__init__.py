"""Other people's programs, held beside ours: another Casbin, and the audit of GraphQL over HTTP."""
