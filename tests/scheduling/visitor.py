"""A member of the team at the pages of the calendar."""

import json

from django.test import Client

from kinbook.team.models import Seat


class Visitor(Client):
    """Signed in as one of the cast; `htmx` asks as the page's script does."""

    def __init__(self, cast, name):
        super().__init__()
        seat = Seat.objects.select_related("user").get(member_id=cast.members[name])
        self.force_login(seat.user)
        session = self.session
        session["practice"], session["member"] = str(seat.practice_id), str(seat.member_id)
        session.save()

    def dialog(self, url, data=None):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/calendar/?view=week"}
        return self.get(url, data, headers=headers)

    def send(self, url, data=None):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/calendar/?view=week"}
        return self.post(url, data or {}, headers=headers)


def told(response):
    """What the calendar is told to say, once a deed is done."""
    return json.loads(response["HX-Trigger"])["kinbook:calendar"]["say"]
