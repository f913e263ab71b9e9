"""Invitations: how somebody becomes a member of an organisation, by a link that works once."""
