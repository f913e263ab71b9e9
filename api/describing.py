"""What the declarations leave unsaid: descriptions that follow from a name, so that each is written once."""

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry.utils.str_converters import to_camel_case

from tenants.cases.groups import GROUPS

ROOTS = {
    "Query": "What can be asked. A field that is refused is null, with an error of its path; the others are answered.",
    "Mutation": "What can be done, in order and all in one transaction: an error in one undoes all of them.",
}
PAGES = {
    "edges": "The rows with their cursors.",
    "nodes": "The rows by themselves.",
    "pageInfo": "Whether there is more, and where to go on.",
    "cursor": "Where the row stands: an opaque text for `after` and `before` of the same list, order and filter.",
    "node": "The row itself.",
}
GIVEN = {
    "id": "As any answer gave it.",
    "authorisationId": "The `id` of the authorisation.",
    "caseId": "The `id` of the case.",
    "expectedVersion": "The `version` of the case that was read before; any other answers CONFLICT.",
    "invitationId": "The `id` of the invitation.",
    "jointInterventionId": "The `id` of the joint intervention.",
    "memberId": "The `id` of the member, who belongs to my organisation.",
    "notificationId": "The `id` of the notification, which is mine.",
    "sessionId": "The `id` of the session, which is mine.",
}
"""Arguments, and members of inputs, that mean the same wherever they stand."""


def describe_what_follows(schema: GraphQLSchema) -> None:
    """Give a description to whatever has none and whose meaning follows from where it stands."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType):
            describe_object(name, kind)
        elif isinstance(kind, GraphQLInputObjectType):
            describe_input(schema, name, kind)


def describe_object(name: str, kind: GraphQLObjectType) -> None:
    """Describe roots, pages, payloads and arguments."""
    kind.description = kind.description or ROOTS.get(name)
    if name.endswith(("Connection", "Edge")):
        for member, field in kind.fields.items():
            field.description = field.description or PAGES.get(member)
    if name.endswith("Payload"):
        kind.description = kind.description or "What a mutation came to: what it changed as it is now, or problems."
        for field in kind.fields.values():
            field.description = field.description or "As it is now; null if there are problems."
    for field in kind.fields.values():
        for argument, given in field.args.items():
            given.description = given.description or GIVEN.get(argument)
            if argument == "filter":
                given.description = given.description or get_named_type(given.type).description
            elif name == "Mutation":
                given.description = given.description or "All that is given at once; every problem is told at once."


def describe_input(schema: GraphQLSchema, name: str, kind: GraphQLInputObjectType) -> None:
    """Describe an input by what it writes: a value of a case is described where it is read."""
    if name.startswith("Update"):
        kind.description = kind.description or "A member that is left out stays as it is; one given as null is emptied."
    read = {member: text for group in (*GROUPS, "need") for member, text in readable(schema, group).items()}
    for member, field in kind.fields.items():
        field.description = field.description or GIVEN.get(member) or read.get(member)


def readable(schema: GraphQLSchema, group: str) -> dict[str, str]:
    """Return the descriptions of a group's values by their names."""
    found = schema.type_map.get(to_camel_case(group)[:1].upper() + to_camel_case(group)[1:])
    if not isinstance(found, GraphQLObjectType):
        return {}
    return {member: field.description for member, field in found.fields.items() if field.description}
