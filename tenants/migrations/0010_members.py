"""Whoever manages the members of an organisation: invitations, roles, and the end of a membership."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from authz.actions import Action, action_mask
from infra.clock import new_id
from infra.row_security import ACCOUNT, ORGANISATION, TERRITORY, TODAY, Tenancy, definer, is_current

IS_MANAGING = f"r.actions & {action_mask([Action.MEMBER_MANAGE])} <> 0"
IS_CURRENT = is_current("m")
OF_MINE = f"m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION}"
# Whoever made it has to be able to make it still, however they ceased to be.
IS_PENDING = (
    "i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now() "
    "AND may_give(i.territory_id, i.organisation_id, i.invited_by, i.role::text)"
)
MINE = f"i.territory_id = {TERRITORY} AND i.organisation_id = {ORGANISATION}"

INVITATION = Tenancy(
    "invitation",
    refers={"organisation_id": "organisation"},
    unique=[("token_hash",)],
    index=[("organisation_id", "invited_at")],
)

# The role of whoever acts, looked up anew, if it lets them manage members; everything below begins with it.
MANAGING_ROLE = f"""
BEGIN
    RETURN (SELECT m.role FROM member m JOIN role_mask r ON r.role = m.role
             WHERE {OF_MINE} AND m.account_id = {ACCOUNT} AND {IS_CURRENT} AND {IS_MANAGING});
END
"""

# The two roles that oversee a territory are given and taken by the coordinator of the territory alone.
MAY_GIVE = f"""
BEGIN
    RETURN EXISTS (SELECT FROM member m
                     JOIN role_mask r ON r.role = m.role
                     JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
                    WHERE m.territory_id = _territory AND m.organisation_id = _organisation
                      AND m.account_id = _account AND {IS_CURRENT} AND {IS_MANAGING}
                      AND EXISTS (SELECT FROM role_mask given WHERE given.role = _role)
                      AND (_role NOT IN ('territory_coordinator', 'auditor')
                           OR (m.role = 'territory_coordinator' AND o.is_lead)));
END
"""

# One change of an organisation's members at a time, and whoever waited is looked at again: two coordinators cannot
# each lower the other, and nobody does anything more who was removed meanwhile. Nobody else makes anybody wait.
TAKE_TURN = f"""
BEGIN
    IF managing_role() IS NOT NULL THEN
        PERFORM FROM organisation o WHERE o.territory_id = {TERRITORY} AND o.id = {ORGANISATION} FOR NO KEY UPDATE;
    END IF;
END
"""

GIVES_ROLE = f"BEGIN RETURN may_give({TERRITORY}, {ORGANISATION}, {ACCOUNT}, _role); END"

MANAGED_MEMBERS = f"""
BEGIN
    IF managing_role() IS NULL THEN RETURN; END IF;
    RETURN QUERY
        SELECT m.territory_id, m.id, m.account_id, m.role::text, m.valid_from, m.valid_until, a.display_name::text,
               a.email::text, {IS_CURRENT},
               EXISTS (SELECT FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
          FROM member m JOIN account a ON a.id = m.account_id
         WHERE {OF_MINE};
END
"""

MANAGED_INVITATIONS = f"""
BEGIN
    IF managing_role() IS NULL THEN RETURN; END IF;
    RETURN QUERY
        SELECT i.territory_id, i.id, i.email::text, i.display_name::text, i.role::text, a.display_name::text,
               i.invited_at, i.expires_at, i.sent_at, i.accepted_at, i.withdrawn_at, {IS_PENDING}
          FROM invitation i JOIN account a ON a.id = i.invited_by
         WHERE {MINE};
END
"""

CLAIM_MEMBER = f"""
BEGIN
    PERFORM take_turn();
    RETURN QUERY
        SELECT m.role::text, managing_role() IS NOT NULL,
               {IS_MANAGING} AND NOT other_manager(_member, m.role::text)
          FROM member m JOIN role_mask r ON r.role = m.role
         WHERE {OF_MINE} AND m.id = _member AND {IS_CURRENT};
END
"""

# For whoever oversees the territory it has to be somebody who does so too: nobody else could give that role again.
OTHER_MANAGER = f"""
BEGIN
    RETURN EXISTS (SELECT FROM member m JOIN role_mask r ON r.role = m.role
                    WHERE {OF_MINE} AND m.id IS DISTINCT FROM _member AND {IS_CURRENT} AND {IS_MANAGING}
                      AND (m.role = 'territory_coordinator' OR _role <> 'territory_coordinator' OR NOT EXISTS (
                           SELECT FROM organisation o
                            WHERE o.territory_id = {TERRITORY} AND o.id = {ORGANISATION} AND o.is_lead)));
END
"""

# What the program has checked is checked again: no statement leaves an organisation without anybody to manage it.
SET_MEMBER_ROLE = f"""
DECLARE
    _before text;
BEGIN
    PERFORM take_turn();
    SELECT m.role INTO _before FROM member m WHERE {OF_MINE} AND m.id = _member AND {IS_CURRENT};
    IF _before IS NULL OR NOT gives_role(_before) OR NOT gives_role(_role) THEN RETURN false; END IF;
    UPDATE member m SET role = _role, role_since = clock_timestamp() WHERE {OF_MINE} AND m.id = _member;
    PERFORM settle_managers(_member, _before);
    RETURN true;
END
"""

# It ended yesterday, because a membership holds through its last day; no sign-in of it is left.
END_MEMBERSHIP = f"""
DECLARE
    _before member;
BEGIN
    PERFORM take_turn();
    SELECT m.* INTO _before FROM member m WHERE {OF_MINE} AND m.id = _member AND {IS_CURRENT};
    IF NOT FOUND OR NOT gives_role(_before.role) THEN RETURN false; END IF;
    UPDATE member m SET valid_until = {TODAY} - 1 WHERE {OF_MINE} AND m.id = _member;
    UPDATE session s SET revoked_at = now()
     WHERE s.account_id = _before.account_id AND s.member_id = _member AND s.revoked_at IS NULL;
    PERFORM settle_managers(_member, _before.role::text);
    RETURN true;
END
"""

# What the member may give no more is not left in the post; nor does it come back if they may again.
SETTLE_MANAGERS = f"""
BEGIN
    IF NOT other_manager(NULL, _before) THEN
        RAISE EXCEPTION 'nobody would be left to manage the members' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE invitation i SET withdrawn_at = now(), token_hash = NULL
      FROM member m
     WHERE {OF_MINE} AND m.id = _member AND {MINE} AND i.invited_by = m.account_id
       AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
       AND NOT may_give(i.territory_id, i.organisation_id, i.invited_by, i.role::text);
END
"""

# Of accounts only those of my own members are looked at, whom I see: whether an address has an account is not told.
INVITE_MEMBER = f"""
BEGIN
    PERFORM take_turn();
    IF NOT gives_role(_role) THEN RETURN QUERY SELECT NULL::uuid, 'forbidden'; RETURN; END IF;
    IF EXISTS (SELECT FROM member m JOIN account a ON a.id = m.account_id
                WHERE {OF_MINE} AND {IS_CURRENT} AND a.email = _email) THEN
        RETURN QUERY SELECT NULL::uuid, 'member'; RETURN;
    ELSIF EXISTS (SELECT FROM invitation i WHERE {MINE} AND i.email = _email AND {IS_PENDING}) THEN
        RETURN QUERY SELECT NULL::uuid, 'pending'; RETURN;
    ELSIF (SELECT count(*) FROM invitation i WHERE {MINE} AND i.invited_at > now() - interval '1 day') >= _most THEN
        RETURN QUERY SELECT NULL::uuid, 'many'; RETURN;
    END IF;
    INSERT INTO invitation AS i (territory_id, organisation_id, email, display_name, role, invited_by, invited_at,
                                 expires_at)
    VALUES ({TERRITORY}, {ORGANISATION}, _email, _display_name, _role, {ACCOUNT}, now(), now() + _life)
    RETURNING i.id INTO invitation_id;
    INSERT INTO event (territory_id, kind, organisation_id, account_id, invitation_id, at, due_at, state)
    VALUES ({TERRITORY}, 'invitation_made', {ORGANISATION}, {ACCOUNT}, invitation_id, now(), now(), 'pending');
    RETURN NEXT;
END
"""

WITHDRAW_INVITATION = f"""
BEGIN
    IF managing_role() IS NULL THEN RETURN false; END IF;
    UPDATE invitation i SET withdrawn_at = now(), token_hash = NULL
     WHERE {MINE} AND i.id = _invitation AND {IS_PENDING};
    RETURN FOUND;
END
"""

IS_ACTIVE = (
    f"EXISTS (SELECT FROM organisation o WHERE o.territory_id = i.territory_id AND o.id = i.organisation_id "
    f"AND {is_current('o')})"
)

# What the worker writes to whoever is invited; nothing for one that was withdrawn meanwhile, or whose organisation
# has ended.
INVITATION_TO_SEND = f"""
BEGIN
    RETURN QUERY
        SELECT i.email::text, i.display_name::text, i.role::text, o.name::text, by_whom.display_name::text,
               coalesce(known.language, by_whom.language)::text, i.expires_at
          FROM invitation i
          JOIN organisation o ON o.territory_id = i.territory_id AND o.id = i.organisation_id
          JOIN account by_whom ON by_whom.id = i.invited_by
          LEFT JOIN account known ON known.email = i.email
         WHERE i.territory_id = {TERRITORY} AND i.id = _invitation AND {IS_PENDING} AND {IS_ACTIVE};
END
"""

# The link is all that whoever follows it brings: the territory is found by it, one after the other.
INVITATION_OF_LINK = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory record;
BEGIN
    FOR _territory IN SELECT t.id, t.name FROM territory t LOOP
        PERFORM set_config('win.territory_id', _territory.id::text, true);
        RETURN QUERY
            SELECT i.email::text, i.display_name::text, i.role::text, o.name::text, _territory.name::text,
                   by_whom.display_name::text, known.id
              FROM invitation i
              JOIN organisation o ON o.territory_id = i.territory_id AND o.id = i.organisation_id
              JOIN account by_whom ON by_whom.id = i.invited_by
              LEFT JOIN account known ON known.email = i.email
             WHERE i.territory_id = _territory.id AND i.token_hash = _token_hash AND {IS_PENDING} AND {IS_ACTIVE};
        EXIT WHEN FOUND;
    END LOOP;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""

# One statement uses the link up: of two at once the second finds it used. Whoever is a member already stays what
# they are, and whoever was one is one again.
ACCEPT_INVITATION = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory record;
    _taken invitation;
BEGIN
    FOR _territory IN SELECT t.id, t.is_demo FROM territory t LOOP
        PERFORM set_config('win.territory_id', _territory.id::text, true);
        UPDATE invitation i SET accepted_at = now(), token_hash = NULL
         WHERE i.territory_id = _territory.id AND i.token_hash = _token_hash AND {IS_PENDING} AND {IS_ACTIVE}
        RETURNING i.* INTO _taken;
        EXIT WHEN FOUND;
    END LOOP;
    IF _taken.id IS NOT NULL THEN
        IF _password_hash IS NOT NULL THEN
            PERFORM demand_hash(_password_hash);
            INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at)
            VALUES (_account, _taken.email, _password_hash, _display_name, _language, _territory.is_demo, now());
        ELSIF NOT EXISTS (SELECT FROM account a
                           WHERE a.id = _account AND a.email = _taken.email AND is_proved(a.id, _proof)) THEN
            RAISE EXCEPTION 'an invitation is for the address that it was sent to' USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO member AS m (territory_id, account_id, organisation_id, role, invited_by, valid_from)
        VALUES (_taken.territory_id, _account, _taken.organisation_id, _taken.role, _taken.invited_by, {TODAY})
        ON CONFLICT (territory_id, account_id, organisation_id) DO UPDATE
           SET role = EXCLUDED.role, role_since = EXCLUDED.role_since, invited_by = EXCLUDED.invited_by,
               valid_from = EXCLUDED.valid_from, valid_until = NULL
         WHERE NOT ({IS_CURRENT});
        SELECT m.id INTO member_id FROM member m
         WHERE m.territory_id = _taken.territory_id AND m.account_id = _account
           AND m.organisation_id = _taken.organisation_id;
        RETURN NEXT;
    END IF;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""

MEMBER_ROW = (
    "TABLE (territory_id uuid, id uuid, account_id uuid, role text, valid_from date, valid_until date, "
    "display_name text, email text, is_current boolean, has_second_factor boolean)"
)
INVITATION_ROW = (
    "TABLE (territory_id uuid, id uuid, email text, display_name text, role text, invited_by text, "
    "invited_at timestamptz, expires_at timestamptz, sent_at timestamptz, accepted_at timestamptz, "
    "withdrawn_at timestamptz, is_pending boolean)"
)
LETTER = (
    "TABLE (email text, display_name text, role text, organisation text, invited_by text, language text, "
    "expires_at timestamptz)"
)
LINKED = (
    "TABLE (email text, display_name text, role text, organisation text, territory text, invited_by text, "
    "account_id uuid)"
)

GIVING = "_territory uuid, _organisation uuid, _account uuid, _role text"

FUNCTIONS = [
    *definer("managing_role", "", "text", MANAGING_ROLE, callers=""),
    *definer("may_give", GIVING, "boolean", MAY_GIVE, callers=""),
    *definer("take_turn", "", "void", TAKE_TURN, callers=""),
    *definer("gives_role", "_role text", "boolean", GIVES_ROLE, callers=""),
    *definer("other_manager", "_member uuid, _role text", "boolean", OTHER_MANAGER, callers=""),
    *definer("settle_managers", "_member uuid, _before text", "void", SETTLE_MANAGERS, callers=""),
    *definer("managed_members", "", MEMBER_ROW, MANAGED_MEMBERS),
    *definer("managed_invitations", "", INVITATION_ROW, MANAGED_INVITATIONS),
    *definer("claim_member", "_member uuid", "TABLE (role text, manages boolean, is_last boolean)", CLAIM_MEMBER),
    *definer("set_member_role", "_member uuid, _role text", "boolean", SET_MEMBER_ROLE),
    *definer("end_membership", "_member uuid", "boolean", END_MEMBERSHIP),
    *definer(
        "invite_member",
        "_email text, _display_name text, _role text, _life interval, _most int",
        "TABLE (invitation_id uuid, refused text)",
        INVITE_MEMBER,
    ),
    *definer("withdraw_invitation", "_invitation uuid", "boolean", WITHDRAW_INVITATION),
    *definer("invitation_to_send", "_invitation uuid", LETTER, INVITATION_TO_SEND, callers="win_steward"),
    *definer("invitation_of_link", "_token_hash bytea", LINKED, INVITATION_OF_LINK),
    *definer(
        "accept_invitation",
        "_token_hash bytea, _account uuid, _proof bytea, _display_name text, _password_hash text, _language text",
        "TABLE (member_id uuid)",
        ACCEPT_INVITATION,
    ),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0009_second_factor")]

    operations = [
        ops.CreateModel(
            name="Invitation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("email", fields.CharField(max_length=254)),
                ("display_name", fields.CharField(max_length=800)),
                ("role", fields.CharField(max_length=30)),
                ("invited_by", fields.UUIDField()),
                ("invited_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("token_hash", fields.BinaryField(null=True)),
                ("accepted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "invitation", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        # What is no case's business is seen by the worker alone: policies look for a holder, and there is none.
        ops.AlterField(model_name="Event", name="holder_id", field=fields.UUIDField(null=True)),
        ops.AlterField(model_name="Event", name="case_id", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="Event", name="invitation_id", field=fields.UUIDField(null=True)),
        ops.RunSQL(
            [
                *INVITATION.statements(),
                "ALTER TABLE event ADD FOREIGN KEY (territory_id, invitation_id) REFERENCES invitation",
                "CREATE INDEX ON event (territory_id, invitation_id) WHERE invitation_id IS NOT NULL",
                "ALTER TABLE event ADD CHECK ((case_id IS NULL) = (holder_id IS NULL))",
                "ALTER TABLE event ADD CHECK ((case_id IS NULL) <> (invitation_id IS NULL))",
                *FUNCTIONS,
            ]
        ),
    ]
