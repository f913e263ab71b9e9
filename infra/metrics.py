"""What a web process counts about itself. A label is a word of ours, from a closed list, and never a caller's."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# The moment at which each series began would double their number, and tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has none

NONE = "none"
"""The label where there is nothing to name: no route, no field, no answer."""

REQUESTS = Counter(
    "win_http_requests", "Requests that were answered, by the template of their route.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "win_http_request_seconds",
    "How long requests took, from their headers to the last byte handed to the network.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
RUNNING = Gauge("win_http_requests_running", "Requests that are being answered.")
FIELDS = Counter(
    "win_graphql_fields", "Root fields that were asked for, once an operation.", ["operation", "field", "code"]
)
REFUSED = Counter("win_refused", "What was refused because it went beyond a limit.", ["limit"])
