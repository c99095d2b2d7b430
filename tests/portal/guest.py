"""A browser of somebody of the family."""

import re

from django.test import Client


class Guest(Client):
    """Signed in to the portal by the secret of a session."""

    def __init__(self, secret="", **more):
        super().__init__(**more)
        if secret:
            self.cookies["kinbook_portal"] = secret

    def read(self, url):
        """Return the words of a page that answers."""
        response = self.get(url)
        assert response.status_code == 200, (url, response.status_code, response.get("Location"))
        return words_of(response)


def words_of(response):
    """Return a page's words, without its tags."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"[\s\u202f]+", " ", text)
