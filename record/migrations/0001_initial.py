import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Ledger',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('n', models.PositiveBigIntegerField(default=0, help_text='The newest revision.')),
                ('takedowns', models.PositiveBigIntegerField(default=0, help_text='How many takedowns there have been.')),
            ],
            options={
                'verbose_name_plural': 'ledger',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='ledger_has_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('n', models.PositiveBigIntegerField(help_text='Counts from 1 without gaps.', primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True, help_text='When it was recorded (UTC). Never decreases.')),
            ],
            options={
                'ordering': ['n'],
                'constraints': [models.CheckConstraint(condition=models.Q(('n__gte', 1)), name='revision_counts_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.CharField(help_text='The collection both rows are in.', max_length=40)),
                ('loser', models.CharField(help_text='The public id that leads to the survivor.', max_length=80)),
                ('survivor', models.CharField(help_text='The public id that stands for both.', max_length=80)),
                ('from_rev', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.revision')),
                ('undone_rev', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.revision')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['collection', 'survivor'], name='merge_by_survivor')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_rev__isnull', True)), fields=('collection', 'loser'), name='merge_of_one_loser_at_a_time'), models.CheckConstraint(condition=models.Q(('loser', models.F('survivor')), _negated=True), name='merge_is_between_two_rows'), models.CheckConstraint(condition=models.Q(('undone_rev__isnull', True), ('undone_rev__gt', models.F('from_rev')), _connector='OR'), name='merge_is_undone_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('publish', 'publish'), ('withdraw', 'withdraw'), ('amend', 'amend'), ('merge', 'merge'), ('unmerge', 'unmerge')], help_text='What was done.', max_length=20)),
                ('collection', models.CharField(help_text='The collection of the row, as in its address.', max_length=40)),
                ('object_id', models.CharField(help_text='The public id of the row.', max_length=80)),
                ('reason', models.CharField(choices=[('typo', 'typo'), ('misattribution', 'misattribution'), ('superseded', 'superseded'), ('duplicate', 'duplicate'), ('out_of_scope', 'out of scope'), ('wrong_unit', 'wrong unit'), ('wrong_conversion', 'wrong conversion'), ('safety', 'safety'), ('legal', 'legal')], help_text='Why it was withdrawn.', max_length=20, null=True)),
                ('note', models.TextField(help_text='The public note that explains the change.', null=True)),
                ('replaced_by', models.CharField(help_text='The public id of the successor.', max_length=80, null=True)),
                ('values', models.JSONField(help_text='For an amendment: each field with its old and new value.', null=True)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='record.revision')),
            ],
            options={
                'ordering': ['revision', 'pk'],
                'indexes': [models.Index(fields=['collection', 'object_id'], name='change_of_one_row')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['publish', 'withdraw', 'amend', 'merge', 'unmerge'])), name='change_action_is_a_known_word', violation_error_message="Not a word of the vocabulary 'action'."), models.CheckConstraint(condition=models.Q(('reason__in', ['typo', 'misattribution', 'superseded', 'duplicate', 'out_of_scope', 'wrong_unit', 'wrong_conversion', 'safety', 'legal'])), name='change_reason_is_a_known_word', violation_error_message="Not a word of the vocabulary 'withdrawal-reason'."), models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='change_note_is_never_blank'), models.CheckConstraint(condition=models.Q(models.Q(('action', 'withdraw'), ('reason__isnull', False)), models.Q(models.Q(('action', 'withdraw'), _negated=True), ('reason__isnull', True)), _connector='OR'), name='change_gives_a_reason_when_it_withdraws')],
            },
        ),
    ]
