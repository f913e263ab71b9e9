"""The front door: the application that is served, and its pages."""
