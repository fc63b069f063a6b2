"""exports"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('export',
    sa.Column('owner_guid', sa.Uuid(), nullable=False),
    sa.Column('noun', sa.Enum('sightings', 'encounters', 'individuals', name='noun', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('format', sa.String(length=16), nullable=False),
    sa.Column('occasion', sa.String(length=16), nullable=False),
    sa.Column('query', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'done', 'failed', name='state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('filename', sa.String(length=255), nullable=True),
    sa.Column('file_key', sa.String(length=64), nullable=True),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('progress_guid', sa.Uuid(), nullable=True),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_key'], ['stored_file.key'], name=op.f('fk_export_file_key_stored_file')),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_export_owner_guid_user')),
    sa.ForeignKeyConstraint(['progress_guid'], ['progress.guid'], name=op.f('fk_export_progress_guid_progress'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_export'))
    )
    with op.batch_alter_table('export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_export_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_export_expires'), ['expires'], unique=False)
        batch_op.create_index(batch_op.f('ix_export_file_key'), ['file_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_export_owner_guid'), ['owner_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_export_progress_guid'), ['progress_guid'], unique=False)


def downgrade() -> None:
    op.drop_table('export')
