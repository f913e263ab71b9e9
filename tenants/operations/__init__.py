"""What an operation already did, so that a repeated request does it once."""
