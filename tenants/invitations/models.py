"""The table of invitations, which is reached through functions of the database alone."""

from tortoise import fields

from tenants.rows import TenantRow


class Invitation(TenantRow):
    """Who is asked to become a member, as what and by whom; of the link that was sent only the hash is kept."""

    organisation_id = fields.UUIDField()
    email = fields.CharField(max_length=254)
    display_name = fields.CharField(max_length=800)
    role = fields.CharField(max_length=30)
    invited_by = fields.UUIDField()
    invited_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    token_hash = fields.BinaryField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
