"""One selection of fields, rendered as one SQL statement with the masks applied."""
