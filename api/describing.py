"""What the declarations leave unsaid: descriptions that follow from a name, so that each is written once."""

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.utils.str_converters import to_camel_case

from tenants.cases.groups import GROUPS

ROOTS = {
    "Query": "What can be asked. A field that is refused is null, with an error of its path; the others are answered.",
    "Mutation": "What can be done, in order and all in one transaction: an error in one undoes all of them.",
}
OBJECTS = {
    "CaseViewerCan": "What I may do to a case now; never work it out from roles.",
    "Contacts": "How to reach the person.",
    "Disclosure": "What I get of one field of a case, and why.",
    "Economic": "Income, debts and benefits.",
    "Education": "Schooling and languages.",
    "Health": "Special data: each value is shared by itself, and only with consent.",
    "Housing": "How the person lives.",
    "Identity": "Who the person is.",
    "JointInterventionPartner": "An organisation that is invited, and its answer.",
    "JointInterventionViewerCan": "What I may do to joint work now.",
    "Justice": "Judicial data, shared only with consent.",
    "LegalStatus": "Citizenship, and conditions by law.",
    "Need": "Something that the person lacks, from a catalogue.",
    "PactParty": "An organisation that is bound by the pact.",
    "Person": "Whom a case is about.",
    "Work": "What the person can do, and has done.",
}
INPUTS = {
    "AcceptJointInterventionInput": "Which invitation my organisation accepts.",
    "AttachAuthorisationInput": "Which joint work is to stand on which authorisation.",
    "ChangeMemberRoleInput": "Who gets which role.",
    "ChangeCaseStatusInput": "Where the case goes from where it stands, and why if it ends.",
    "ChangePasswordInput": "The present password proves that it is I.",
    "CloseJointInterventionInput": "Which joint work ends, and why.",
    "ConfirmSecondFactorInput": "A code proves that the application is set up.",
    "DeclineJointInterventionInput": "Which invitation my organisation declines, and why.",
    "EndSecondFactorInput": "Password and code prove that it is I.",
    "EndSessionInput": "Which of my sessions or tokens ends.",
    "GiveAuthorisationInput": "What may be shared, with whom, for what, until when: as the person was told.",
    "InviteMemberInput": "Who is asked, and what they will be.",
    "MarkNotificationReadInput": "Which notification I have read.",
    "MarkNotificationsReadInput": "Which notifications I have read.",
    "MarkProposalReadInput": "Which proposal my organisation has read.",
    "NeedInput": "A need as it is told at first; it is not changed, but removed and told anew.",
    "OpenCaseInput": "What is known at the first contact.",
    "OrganisationFilter": "Every condition that is given has to hold.",
    "PersonInput": "Whom the case is about, as far as it is known.",
    "ProposeJointInterventionInput": "Who is invited to what, and what they would be shown.",
    "RemoveMemberInput": "Whose membership ends.",
    "SetExternalReferenceInput": "Which case, and its name in another program.",
    "SetLanguageInput": "The language of all that I am told.",
    "SetNewsByMailInput": "Whether a mail tells me that something waits.",
    "StartSecondFactorInput": "The present password proves that it is I.",
    "WithdrawAuthorisationInput": "Which authorisation is taken back, and why.",
    "WithdrawInvitationInput": "Which invitation is taken back.",
}
ARGUMENTS = {
    "authorisations.filter": "Every condition that is given has to hold.",
    "accessLog.caseId": "The `id` of a case that my organisation holds.",
    "case.id": "As any answer gave it.",
    "cases.filter": "Every condition that is given has to hold; each is a question about what I may read.",
    "cases.orderBy": "By the day of opening; newest first if nothing is said.",
    "catalogue.name": "Which list.",
    "jointInterventions.filter": "Every condition that is given has to hold.",
    "member.id": "As any answer gave it.",
    "node.id": "As any answer gave it: of whatever type.",
    "nodes.ids": "As answers gave them: of whatever types, at most 100.",
    "notifications.unreadOnly": "Leave out what I have marked as read.",
    "organisations.filter": "Every condition that is given has to hold.",
    "sharingIfProposed.purpose": "The purpose that would be proposed.",
    "pact.version": "The number of a version; the one in force if nothing is said.",
}
MEMBERS = {
    "CaseFilter.number": "The whole number, in capitals or not.",
    "CaseFilter.openedFrom": "The first day of opening that is meant.",
    "CaseFilter.openedTo": "The last day of opening that is meant.",
    "CaseFilter.status": "Where the case stands now.",
    "ChangeMemberRoleInput.role": "From their next request on; not above my own.",
    "ChangePasswordInput.currentPassword": "In a variable, never in the document.",
    "CloseJointInterventionInput.reason": "Told to the partners.",
    "DeclineJointInterventionInput.reason": "Told to the holder.",
    "EndSecondFactorInput.currentPassword": "In a variable, never in the document.",
    "GiveAuthorisationInput.basis": "Special and judicial fields need CONSENT.",
    "GiveAuthorisationInput.purposes": "At least one; nothing is shared for any other.",
    "InviteMemberInput.displayName": "At most 100 characters; whoever accepts may write it otherwise.",
    "InviteMemberInput.email": "Where the link is sent.",
    "InviteMemberInput.role": "Not above my own.",
    "Node.id": "Opaque: keep it, and send it back as it is.",
    "OpenCaseInput.externalReference": "What my program calls it: at most 100 characters, each used once.",
    "OpenCaseInput.municipality": "ISTAT code of the town where the person lives.",
    "OpenCaseInput.needs": "At most 50.",
    "OpenCaseInput.person": "A name, or any other value.",
    "OrganisationFilter.kind": "What it is by law or by mission.",
    "PageInfo.endCursor": "Of the last row, for `after`; null of an empty page.",
    "PageInfo.hasNextPage": "Whether the list goes on after the page.",
    "PageInfo.hasPreviousPage": "Whether the list has rows before the page.",
    "PageInfo.startCursor": "Of the first row, for `before`; null of an empty page.",
    "Problem.code": "What is wrong, for programs.",
    "Problem.message": "What is wrong and what to do, for people, in the language of the caller.",
    "ProposeJointInterventionInput.message": "For those invited, at most 2000 characters.",
    "ProposeJointInterventionInput.purpose": "It decides which clause of the pact shares what.",
    "StartSecondFactorInput.currentPassword": "In a variable, never in the document.",
    "UpdateNeedsInput.add": "At most 50.",
    "UpdateNeedsInput.remove": "Their `id`s, at most 50.",
    "WithdrawAuthorisationInput.reason": "For the holder's own records, at most 500 characters.",
}
PAGES = {
    "edges": "The rows with their cursors.",
    "nodes": "The rows by themselves.",
    "pageInfo": "Whether there is more, and where to go on.",
    "cursor": "Where the row stands: an opaque text for `after` and `before` of the same list, order and filter.",
    "node": "The row itself.",
}
GIVEN = {
    "authorisationId": "The `id` of the authorisation.",
    "caseId": "The `id` of the case.",
    "expectedVersion": "The `version` of the case that was read before; any other answers CONFLICT.",
    "invitationId": "The `id` of the invitation.",
    "jointInterventionId": "The `id` of the joint intervention.",
    "memberId": "The `id` of the member, who belongs to my organisation.",
    "notificationId": "The `id` of the notification, which is mine.",
    "sessionId": "The `id` of the session, which is mine.",
}
"""Members of inputs that mean the same wherever they stand."""


def describe_what_follows(schema: GraphQLSchema) -> None:
    """Give a description to whatever has none and whose meaning follows from where it stands."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLInterfaceType):
            for member, field in kind.fields.items():
                field.description = field.description or MEMBERS.get(f"{name}.{member}")
        elif isinstance(kind, GraphQLObjectType):
            describe_object(name, kind)
        elif isinstance(kind, GraphQLInputObjectType):
            describe_input(schema, name, kind)


def describe_object(name: str, kind: GraphQLObjectType) -> None:
    """Describe roots, pages and payloads."""
    kind.description = kind.description or ROOTS.get(name) or OBJECTS.get(name)
    if name.endswith(("Connection", "Edge")):
        for member, field in kind.fields.items():
            field.description = field.description or PAGES.get(member)
    if name.endswith("Payload"):
        kind.description = kind.description or "What a mutation came to: what it changed as it is now, or problems."
        for field in kind.fields.values():
            field.description = field.description or "As it is now; null if there are problems."
    for member, field in kind.fields.items():
        field.description = field.description or MEMBERS.get(f"{name}.{member}")
        for argument, given in field.args.items():
            given.description = given.description or ARGUMENTS.get(f"{member}.{argument}") or GIVEN.get(argument)
    if name == "Mutation":
        for field in kind.fields.values():
            for argument in field.args.values():
                argument.description = (
                    argument.description or "All that is given at once; every problem is told at once."
                )


def describe_input(schema: GraphQLSchema, name: str, kind: GraphQLInputObjectType) -> None:
    """Describe an input by what it writes: a value of a case is described where it is read."""
    if name.startswith("Update"):
        kind.description = kind.description or "A member that is left out stays as it is; one given as null is emptied."
    kind.description = kind.description or INPUTS.get(name)
    read = {member: text for group in (*GROUPS, "need") for member, text in readable(schema, group).items()}
    for member, field in kind.fields.items():
        field.description = field.description or MEMBERS.get(f"{name}.{member}") or GIVEN.get(member)
        field.description = field.description or read.get(member)


def readable(schema: GraphQLSchema, group: str) -> dict[str, str]:
    """Return the descriptions of a group's values by their names."""
    found = schema.type_map.get(to_camel_case(group)[:1].upper() + to_camel_case(group)[1:])
    if not isinstance(found, GraphQLObjectType):
        return {}
    return {member: field.description for member, field in found.fields.items() if field.description}
