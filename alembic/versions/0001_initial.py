"""The tables of jobs, users, auth and teams."""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job',
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'running', 'done', 'failed', 'cancelled', name='state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('attempts', sa.SmallInteger(), nullable=False),
    sa.Column('max_attempts', sa.SmallInteger(), nullable=False),
    sa.Column('progress', sa.SmallInteger(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('owner_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('run_after', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lease_until', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name=op.f('ck_job_progress_is_percent')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_state_run_after'), ['state', 'run_after'], unique=False)

    op.create_table('team',
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('guid', name=op.f('uq_team_guid'))
    )
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_created'), ['created'], unique=False)

    op.create_table('user',
    sa.Column('username', sa.String(length=120), nullable=False),
    sa.Column('username_folded', sa.String(length=240), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('email_folded', sa.String(length=240), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=False),
    sa.Column('first_name', sa.String(length=120), nullable=False),
    sa.Column('middle_name', sa.String(length=120), nullable=False),
    sa.Column('last_name', sa.String(length=120), nullable=False),
    sa.Column('full_name', sa.String(length=120), nullable=False),
    sa.Column('website', sa.String(length=120), nullable=True),
    sa.Column('location', sa.String(length=120), nullable=True),
    sa.Column('affiliation', sa.String(length=120), nullable=True),
    sa.Column('forum_id', sa.String(length=120), nullable=True),
    sa.Column('twitter_username', sa.String(length=120), nullable=True),
    sa.Column('default_identification_catalogue', houston.core.db.types.Guid(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_regular_user', sa.Boolean(), nullable=False),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('is_staff', sa.Boolean(), nullable=False),
    sa.Column('is_internal', sa.Boolean(), nullable=False),
    sa.Column('is_researcher', sa.Boolean(), nullable=False),
    sa.Column('is_contributor', sa.Boolean(), nullable=False),
    sa.Column('is_exporter', sa.Boolean(), nullable=False),
    sa.Column('is_user_manager', sa.Boolean(), nullable=False),
    sa.Column('in_alpha', sa.Boolean(), nullable=False),
    sa.Column('in_beta', sa.Boolean(), nullable=False),
    sa.Column('is_email_confirmed', sa.Boolean(), nullable=False),
    sa.Column('accepted_user_agreement', sa.Boolean(), nullable=False),
    sa.Column('use_usa_date_format', sa.Boolean(), nullable=False),
    sa.Column('show_email_in_profile', sa.Boolean(), nullable=False),
    sa.Column('receive_notification_emails', sa.Boolean(), nullable=False),
    sa.Column('receive_newsletter_emails', sa.Boolean(), nullable=False),
    sa.Column('shares_data', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('email_folded', name='uq_user_email_folded'),
    sa.UniqueConstraint('guid', name=op.f('uq_user_guid')),
    sa.UniqueConstraint('twitter_username', name='uq_user_twitter_username'),
    sa.UniqueConstraint('username_folded', name='uq_user_username_folded')
    )
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_created'), ['created'], unique=False)

    op.create_table('auth_session',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_used', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_auth_session_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_auth_session')),
    sa.UniqueConstraint('digest', name=op.f('uq_auth_session_digest'))
    )
    with op.batch_alter_table('auth_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_auth_session_expires'), ['expires'], unique=False)
        batch_op.create_index(batch_op.f('ix_auth_session_user_id'), ['user_id'], unique=False)

    op.create_table('oauth2_client',
    sa.Column('client_id', sa.String(length=80), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('first_party', sa.Boolean(), nullable=False),
    sa.Column('secret_digest', sa.String(length=64), nullable=False),
    sa.Column('redirect_uris', houston.core.db.types.Words(), nullable=False),
    sa.Column('default_scopes', houston.core.db.types.Words(), nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_oauth2_client_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_oauth2_client')),
    sa.UniqueConstraint('client_id', name='uq_oauth2_client_client_id')
    )
    with op.batch_alter_table('oauth2_client', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_oauth2_client_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_oauth2_client_user_id'), ['user_id'], unique=False)

    op.create_table('team_member',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('is_leader', sa.Boolean(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_member_team_id_team'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_team_member_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('team_id', 'user_id', name=op.f('pk_team_member'))
    )
    with op.batch_alter_table('team_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_member_user_id'), ['user_id'], unique=False)

    op.create_table('user_code',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_code_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_user_code')),
    sa.UniqueConstraint('digest', name=op.f('uq_user_code_digest'))
    )
    with op.batch_alter_table('user_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_code_user_id'), ['user_id'], unique=False)

    op.create_table('oauth2_authorization_code',
    sa.Column('client_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('family', houston.core.db.types.Guid(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('scopes', houston.core.db.types.Words(), nullable=False),
    sa.Column('redirect_uri', sa.String(length=2048), nullable=False),
    sa.Column('code_challenge', sa.String(length=128), nullable=False),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['client_guid'], ['oauth2_client.guid'], name=op.f('fk_oauth2_authorization_code_client_guid_oauth2_client'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_oauth2_authorization_code_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_oauth2_authorization_code')),
    sa.UniqueConstraint('digest', name=op.f('uq_oauth2_authorization_code_digest'))
    )
    with op.batch_alter_table('oauth2_authorization_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_oauth2_authorization_code_client_guid'), ['client_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_oauth2_authorization_code_user_id'), ['user_id'], unique=False)

    op.create_table('oauth2_token',
    sa.Column('client_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('family', houston.core.db.types.Guid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('scopes', houston.core.db.types.Words(), nullable=False),
    sa.Column('access_digest', sa.String(length=64), nullable=False),
    sa.Column('refresh_digest', sa.String(length=64), nullable=True),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('refresh_expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('spent', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revoked', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_used', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['client_guid'], ['oauth2_client.guid'], name=op.f('fk_oauth2_token_client_guid_oauth2_client'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_oauth2_token_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_oauth2_token')),
    sa.UniqueConstraint('access_digest', name=op.f('uq_oauth2_token_access_digest')),
    sa.UniqueConstraint('refresh_digest', name=op.f('uq_oauth2_token_refresh_digest'))
    )
    with op.batch_alter_table('oauth2_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_oauth2_token_client_guid'), ['client_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_oauth2_token_family'), ['family'], unique=False)
        batch_op.create_index(batch_op.f('ix_oauth2_token_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('oauth2_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_oauth2_token_user_id'))
        batch_op.drop_index(batch_op.f('ix_oauth2_token_family'))
        batch_op.drop_index(batch_op.f('ix_oauth2_token_client_guid'))

    op.drop_table('oauth2_token')
    with op.batch_alter_table('oauth2_authorization_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_oauth2_authorization_code_user_id'))
        batch_op.drop_index(batch_op.f('ix_oauth2_authorization_code_client_guid'))

    op.drop_table('oauth2_authorization_code')
    with op.batch_alter_table('user_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_code_user_id'))

    op.drop_table('user_code')
    with op.batch_alter_table('team_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_member_user_id'))

    op.drop_table('team_member')
    with op.batch_alter_table('oauth2_client', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_oauth2_client_user_id'))
        batch_op.drop_index(batch_op.f('ix_oauth2_client_created'))

    op.drop_table('oauth2_client')
    with op.batch_alter_table('auth_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_auth_session_user_id'))
        batch_op.drop_index(batch_op.f('ix_auth_session_expires'))

    op.drop_table('auth_session')
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_created'))

    op.drop_table('user')
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_created'))

    op.drop_table('team')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_state_run_after'))

    op.drop_table('job')
