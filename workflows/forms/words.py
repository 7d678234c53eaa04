"""A person's own words: one field, the same everywhere."""

from django import forms


def words(label: str, *, rows: int = 2, help_text: str = "", missing: str = "") -> forms.CharField:
    """A text of at most 500 characters; `missing` is the sentence for who leaves it out, if one may not."""
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": 500}),
        max_length=500,
        help_text=help_text,
        required=bool(missing),
        error_messages={"required": missing},
    )
