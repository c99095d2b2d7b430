from django.urls import path

from kinbook.exchange import views

app_name = "exchange"
urlpatterns = [path("settings/import/", views.imports, name="imports")]
