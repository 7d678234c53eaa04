from uuid import uuid4

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.crypto import DecryptionError, Keyring, keyring
from governance.fields import EncryptedTextField
from tests.fieldapp.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return Person.objects.create(name="王芳", phone="138-0013-8000")


def stored(column="name", table="fieldapp_person") -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")
        return [row[0] and bytes(row[0]) for row in cursor.fetchall()]


def test_a_name_reads_as_it_was_saved_but_is_not_in_the_table(person):
    assert Person.objects.get().name == "王芳"
    assert "王芳".encode() not in stored()[0]
    assert keyring().decrypt(stored()[0], "person.name", person.key) == "王芳"


def test_a_person_without_phone_has_neither_phone_nor_index():
    Person.objects.create(name="王芳")
    again = Person.objects.get()
    assert again.phone is None
    assert stored("phone") == stored("phone_index") == [None]


def test_a_new_name_replaces_the_old_one_and_its_index(person):
    person.name = "王方"
    person.save()
    assert Person.objects.get().name == "王方"
    assert not Person.objects.filter(name_index="王芳").exists()
    assert Person.objects.get(name_index="王方") == person


def test_names_created_in_bulk_read_back_and_are_found():
    Person.objects.bulk_create([Person(name=name) for name in ("王芳", "李伟")])
    assert {person.name for person in Person.objects.all()} == {"王芳", "李伟"}
    assert Person.objects.get(name_index="李伟").name == "李伟"


def test_reading_opens_a_name_once(person, monkeypatch):
    loaded = Person.objects.get()
    opened = []
    monkeypatch.setattr(Keyring, "decrypt", lambda *call: opened.append(call) or "王芳")
    assert opened == []
    assert loaded.name + loaded.name == "王芳王芳"
    assert len(opened) == 1


def test_refresh_brings_back_what_is_stored(person):
    person.name = "改了没存"
    person.refresh_from_db()
    assert person.name == "王芳"
    person.name = "改了没存"
    person.refresh_from_db(fields=["name"])
    assert person.name == "王芳"


def test_a_deferred_name_is_fetched_when_somebody_reads_it(person, django_assert_num_queries):
    loaded = Person.objects.only("id", "key").get()
    with django_assert_num_queries(2):  # the column, and the key of the row that Django fetches it into
        assert loaded.name == "王芳"
    deferred = Person.objects.defer("name").get()
    deferred.called = True
    deferred.save()
    assert Person.objects.get().name == "王芳"


def test_values_give_the_sealed_bytes(person):
    sealed = bytes(Person.objects.values_list("name", flat=True).get())
    assert keyring().decrypt(sealed, "person.name", person.key) == "王芳"


def test_a_name_copied_to_another_row_in_the_table_does_not_open(person):
    other = Person.objects.create(name="李伟")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE fieldapp_person SET name = (SELECT name FROM fieldapp_person WHERE id = %s)", [person.pk]
        )
    with pytest.raises(DecryptionError, match=r"person\.name解不开"):
        _ = Person.objects.get(pk=other.pk).name


def test_a_changed_row_key_never_saves_an_unreadable_name(person):
    loaded = Person.objects.get()
    loaded.key = uuid4()
    with pytest.raises(DecryptionError), transaction.atomic():
        loaded.save()
    person.pk, person.key, person._state.adding = None, uuid4(), True
    person.save()
    assert {row.name for row in Person.objects.all()} == {"王芳"}


def test_history_keeps_old_and_new_name_and_compares_their_words(person):
    person.save()
    person.name = "王方"
    person.save()
    newest, same, first = person.history.all()
    assert (newest.name, same.name, first.name) == ("王方", "王芳", "王芳")
    assert same.diff_against(first).changed_fields == []
    change = next(change for change in newest.diff_against(same).changes if change.field == "name")
    assert (change.old, change.new) == ("王芳", "王方")
    assert first.instance.name == "王芳"
    assert person.history.as_of(first.history_date).name == "王芳"


def test_history_is_sealed_too(person):
    assert "王芳".encode() not in stored(table="fieldapp_historicalperson")[0]


def test_bulk_writes_with_history_keep_names(person):
    bulk_create_with_history([Person(name="李伟")], Person)
    person.called = True
    bulk_update_with_history([person], Person, ["called"])
    assert {row.name for row in Person.history.filter(history_type="+")} == {"王芳", "李伟"}
    assert person.history.latest().name == "王芳"


@pytest.mark.parametrize(
    "written",
    [
        lambda person: Person.objects.update(name="王方"),
        lambda person: Person.objects.bulk_update([person], ["name"]),
    ],
)
def test_a_write_that_could_not_seal_is_refused(person, written):
    with pytest.raises(TypeError, match=r"person\.name: no row"), transaction.atomic():
        written(person)
    assert Person.objects.get().name == "王芳"


def test_a_phone_can_be_taken_away_for_all(person):
    Person.objects.update(phone=None, phone_index=None)
    assert Person.objects.get(phone__isnull=True).phone is None


@pytest.mark.parametrize("lookup", ["name", "name__contains", "name__in"])
def test_nobody_searches_in_sealed_words(lookup):
    with pytest.raises(FieldError):
        Person.objects.filter(**{lookup: ["王"]})


@pytest.mark.parametrize("typed", ["王芳", "王 芳", " 王\u3000芳"])
def test_a_person_is_found_by_exact_name_however_spaced(person, typed):
    assert Person.objects.get(name_index=typed) == person
    assert Person.objects.get(name_index__in=["别人", typed]) == person


def test_a_person_is_found_by_phone_however_written(person):
    assert Person.objects.get(phone_index="+86 13800138000") == person
    assert not Person.objects.filter(phone_index="").exists()


def test_two_people_of_one_name_have_one_index_and_differ_when_sealed(person):
    Person.objects.create(name="王芳")
    assert len(set(stored("name_index"))) == 1
    assert len(set(stored())) == 2


def test_full_clean_and_constraints_know_the_text(person):
    person.name = "长" * 21
    with pytest.raises(ValidationError, match="20"):
        person.full_clean()
    person.name = "王芳"
    person.called = True
    person.full_clean()
    person.phone = None
    with pytest.raises(ValidationError):
        person.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save()


def test_a_form_shows_and_saves_the_words(person):
    form_class = modelform_factory(Person, fields=["name", "phone"])
    assert form_class(instance=person).initial == {"name": "王芳", "phone": "138-0013-8000"}
    form = form_class({"name": "王方", "phone": ""}, instance=person)
    assert form.is_valid(), form.errors
    form.save()
    again = Person.objects.get()
    assert (again.name, again.phone) == ("王方", None)
    assert "name" in form_class({"name": "", "phone": ""}).errors


def test_saving_moves_a_name_to_the_new_key(person, settings):
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "next": "33" * 32}
    settings.FIELD_KEY_PRIMARY = "next"
    keyring.cache_clear()
    try:
        Person.objects.get().save()
        assert stored()[0].startswith(b"\x04next")
        assert Person.objects.get().name == "王芳"
    finally:
        keyring.cache_clear()


def test_migrations_see_each_field_as_it_is_declared():
    for field in (Person._meta.get_field("name"), Person._meta.get_field("phone_index")):
        _, _, args, kwargs = field.deconstruct()
        copy = type(field)(*args, **kwargs)
        assert copy.deconstruct()[2:] == (args, kwargs)
        assert copy.purpose == field.purpose


@isolate_apps("tests.fieldapp")
def test_a_model_without_row_key_is_refused_by_the_checks():
    class Keyless(models.Model):
        name = EncryptedTextField(purpose="keyless.name")

        class Meta:
            app_label = "fieldapp"

    assert ["needs a UUIDField named key" in error.msg for error in Keyless.check()] == [True]
    assert Person.check() == []
