"""The project's Celery application, swept every two seconds instead of every minute."""

from config.celery import app

for entry in app.conf.beat_schedule.values():
    entry["schedule"] = 2.0
    entry["options"] = {"expires": 10.0}
