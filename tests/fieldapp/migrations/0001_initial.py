import django.db.models.deletion
import governance.fields
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', governance.fields.EncryptedTextField(max_length=20, purpose='person.name', verbose_name='姓名')),
                ('name_index', governance.fields.BlindIndexField(db_index=True, max_length=32, purpose='person.name', source='name')),
                ('phone', governance.fields.EncryptedTextField(blank=True, null=True, purpose='person.phone', verbose_name='手机')),
                ('phone_index', governance.fields.BlindIndexField(db_index=True, max_length=32, null=True, purpose='person.phone', source='phone')),
                ('called', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('called', False), ('phone__isnull', False), _connector='OR'), name='person_called_has_phone')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalPerson',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ('name', governance.fields.EncryptedTextField(max_length=20, purpose='person.name', verbose_name='姓名')),
                ('name_index', governance.fields.BlindIndexField(db_index=True, max_length=32, purpose='person.name', source='name')),
                ('phone', governance.fields.EncryptedTextField(blank=True, null=True, purpose='person.phone', verbose_name='手机')),
                ('phone_index', governance.fields.BlindIndexField(db_index=True, max_length=32, null=True, purpose='person.phone', source='phone')),
                ('called', models.BooleanField(default=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical person',
                'verbose_name_plural': 'historical persons',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['history_date', 'id'], name='fieldapp_hi_history_28d0bc_idx')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
