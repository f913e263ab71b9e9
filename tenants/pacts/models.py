"""Tables of pacts; `pact_grant` and `pact_term` are decisions, replaced when a version comes into force."""

from tortoise import fields

from tenants.rows import TenantRow


class PactVersion(TenantRow):
    """One version of the pact of a territory; immutable once it is in force."""

    version = fields.IntField()
    title_it = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200)
    preamble_it = fields.TextField(default="")
    preamble_en = fields.TextField(default="")
    digest = fields.CharField(max_length=80)
    document: object = fields.JSONField()
    loaded_at = fields.DatetimeField(auto_now_add=True)
    in_force_from = fields.DateField(null=True)
    superseded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pact_version"


class PactClause(TenantRow):
    """One clause: a commitment given with a commitment received, and what may be shared."""

    pact_version_id = fields.UUIDField()
    number = fields.IntField()
    title_it = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200)
    gives_it = fields.TextField(default="")
    gives_en = fields.TextField(default="")
    receives_it = fields.TextField(default="")
    receives_en = fields.TextField(default="")
    shares: object = fields.JSONField()

    class Meta:
        table = "pact_clause"


class PactParty(TenantRow):
    """An organisation that signed or joined a version."""

    pact_version_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    role = fields.CharField(max_length=20)
    joined_on = fields.DateField()
    left_on = fields.DateField(null=True)

    class Meta:
        table = "pact_party"


class PactGrant(TenantRow):
    """What Casbin allows one organisation for one purpose under the version in force."""

    pact_version_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    purpose = fields.CharField(max_length=30)
    read_mask = fields.BigIntField()
    write_mask = fields.BigIntField()

    class Meta:
        table = "pact_grant"


class PactTerm(TenantRow):
    """The part of a grant that one clause gives, with its legal basis and longest duration."""

    organisation_id = fields.UUIDField()
    purpose = fields.CharField(max_length=30)
    clause = fields.IntField()
    basis = fields.CharField(max_length=20)
    until_days = fields.IntField(null=True)
    read_mask = fields.BigIntField()
    write_mask = fields.BigIntField()

    class Meta:
        table = "pact_term"
