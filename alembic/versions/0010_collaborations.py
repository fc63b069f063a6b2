"""collaborations"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('collaboration',
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_collaboration'))
    )
    with op.batch_alter_table('collaboration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_collaboration_created'), ['created'], unique=False)

    op.create_table('collaboration_member',
    sa.Column('collaboration_guid', sa.Uuid(), nullable=False),
    sa.Column('user_guid', sa.Uuid(), nullable=False),
    sa.Column('partner_guid', sa.Uuid(), nullable=False),
    sa.Column('view_state', sa.Enum('not_initiated', 'pending', 'approved', 'denied', 'revoked', name='view_state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('export_state', sa.Enum('not_initiated', 'pending', 'approved', 'denied', 'revoked', name='export_state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('edit_state', sa.Enum('not_initiated', 'pending', 'approved', 'denied', 'revoked', name='edit_state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.ForeignKeyConstraint(['collaboration_guid'], ['collaboration.guid'], name=op.f('fk_collaboration_member_collaboration_guid_collaboration'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['partner_guid'], ['user.guid'], name=op.f('fk_collaboration_member_partner_guid_user'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_guid'], ['user.guid'], name=op.f('fk_collaboration_member_user_guid_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('collaboration_guid', 'user_guid', name=op.f('pk_collaboration_member')),
    sa.UniqueConstraint('user_guid', 'partner_guid', name='uq_collaboration_member_user_guid_partner_guid')
    )
    with op.batch_alter_table('collaboration_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_collaboration_member_partner_guid'), ['partner_guid'], unique=False)


def downgrade() -> None:
    op.drop_table('collaboration_member')
    op.drop_table('collaboration')
