"""URLs of objections and the desk."""

from appeals import correction_urls, repair_urls
from appeals.views import case, desk, filing, receipt
from appeals.workbench.urls import urlpatterns as workbench

urlpatterns = [
    *correction_urls.urlpatterns,
    *workbench,
    *filing.urlpatterns,
    *case.urlpatterns,
    *receipt.urlpatterns,
    *desk.urlpatterns,
    *repair_urls.urlpatterns,
]
