"""account requests, organizations and projects"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0012'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_request',
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('email_folded', sa.String(length=240), nullable=False),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_account_request')),
    sa.UniqueConstraint('email_folded', name=op.f('uq_account_request_email_folded'))
    )
    with op.batch_alter_table('account_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_request_created'), ['created'], unique=False)

    op.create_table('organization',
    sa.Column('logo_url', sa.String(length=200), nullable=True),
    sa.Column('website', sa.String(length=120), nullable=True),
    sa.Column('title', sa.String(length=50), nullable=False),
    sa.Column('owner_guid', sa.Uuid(), nullable=False),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_organization_owner_guid_user')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_organization'))
    )
    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organization_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_organization_owner_guid'), ['owner_guid'], unique=False)

    op.create_table('project',
    sa.Column('title', sa.String(length=50), nullable=False),
    sa.Column('owner_guid', sa.Uuid(), nullable=False),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_project_owner_guid_user')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_project'))
    )
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_owner_guid'), ['owner_guid'], unique=False)

    op.create_table('organization_member',
    sa.Column('organization_guid', sa.Uuid(), nullable=False),
    sa.Column('is_moderator', sa.Boolean(), nullable=False),
    sa.Column('user_guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_guid'], ['organization.guid'], name=op.f('fk_organization_member_organization_guid_organization'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_guid'], ['user.guid'], name=op.f('fk_organization_member_user_guid_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_guid', 'user_guid', name=op.f('pk_organization_member'))
    )
    with op.batch_alter_table('organization_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organization_member_user_guid'), ['user_guid'], unique=False)

    op.create_table('project_member',
    sa.Column('project_guid', sa.Uuid(), nullable=False),
    sa.Column('user_guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_guid'], ['project.guid'], name=op.f('fk_project_member_project_guid_project'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_guid'], ['user.guid'], name=op.f('fk_project_member_user_guid_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_guid', 'user_guid', name=op.f('pk_project_member'))
    )
    with op.batch_alter_table('project_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_member_user_guid'), ['user_guid'], unique=False)

    op.create_table('project_encounter',
    sa.Column('project_guid', sa.Uuid(), nullable=False),
    sa.Column('encounter_guid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['encounter_guid'], ['encounter.guid'], name=op.f('fk_project_encounter_encounter_guid_encounter'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_guid'], ['project.guid'], name=op.f('fk_project_encounter_project_guid_project'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_guid', 'encounter_guid', name=op.f('pk_project_encounter'))
    )
    with op.batch_alter_table('project_encounter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_encounter_encounter_guid'), ['encounter_guid'], unique=False)


def downgrade() -> None:
    op.drop_table('project_encounter')
    op.drop_table('project_member')
    op.drop_table('organization_member')
    op.drop_table('project')
    op.drop_table('organization')
    op.drop_table('account_request')
