"""An area of a village."""

from django import forms

from governance.areas import LONGEST
from governance.forms.common import line


class AreaForm(forms.Form):
    """Its name."""

    name = line("片名", longest=LONGEST, missing="请写片名，比如东片。")
