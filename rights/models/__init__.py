"""Tables of a household's rights over its data, one module per noun."""

from rights.models.erasures import Erasure
from rights.models.rectifications import Rectification

__all__ = ["Erasure", "Rectification"]
