"""One table of the names to sign in with, and the row of the first administrator."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# A username that is the e-mail of another account is replaced by the e-mail of its own account.
FREE_EMAILS = sa.text('''
    UPDATE "user" SET username = email, username_folded = email_folded
    WHERE username_folded <> email_folded
    AND username_folded IN (SELECT other.email_folded FROM "user" AS other)
''')
KEEP_EMAILS = sa.text('INSERT INTO user_name (user_id, name) SELECT id, email_folded FROM "user"')
KEEP_USERNAMES = sa.text('''
    INSERT INTO user_name (user_id, name)
    SELECT id, username_folded FROM "user" WHERE username_folded <> email_folded
''')
RESTORE_USERNAMES = sa.text('''
    UPDATE "user" SET username_folded = coalesce(
        (SELECT name FROM user_name WHERE user_id = id AND name <> email_folded), email_folded
    )
''')


def upgrade() -> None:
    op.create_table('user_name',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=240), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_name_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'name', name=op.f('pk_user_name')),
    sa.UniqueConstraint('name', name='uq_user_name_name')
    )
    op.create_table('first_administrator',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_first_administrator_is_one')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_first_administrator_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_first_administrator'))
    )
    for statement in (FREE_EMAILS, KEEP_EMAILS, KEEP_USERNAMES):
        op.execute(statement)
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_constraint('uq_user_username_folded', type_='unique')
        batch_op.drop_column('username_folded')
    # Machine accounts have no password, and an empty name is none.
    op.execute(sa.text('''UPDATE "user" SET password = '' WHERE is_internal'''))
    op.execute(sa.text('''UPDATE "user" SET twitter_username = NULL WHERE twitter_username = '' '''))


def downgrade() -> None:
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.add_column(sa.Column('username_folded', sa.String(length=240), nullable=True))
    op.execute(RESTORE_USERNAMES)
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.alter_column('username_folded', existing_type=sa.String(length=240), nullable=False)
        batch_op.create_unique_constraint('uq_user_username_folded', ['username_folded'])
    op.drop_table('first_administrator')
    op.drop_table('user_name')
