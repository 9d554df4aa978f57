"""Old addresses, also as campaigns and feed readers have lengthened them."""

from django.contrib.redirects.middleware import RedirectFallbackMiddleware


class OldAddresses(RedirectFallbackMiddleware):
    """Django's redirects after a 404, and then once more without the query: `?utm_source=…` names no other page.

    What the query says is handed on, so that whoever counts visitors still can.
    """

    def process_response(self, request, response):
        answer = super().process_response(request, response)
        query = request.META.get("QUERY_STRING", "")
        if answer.status_code != 404 or not query:
            return answer
        plain = _WithoutQuery(request)
        answer = super().process_response(plain, response)
        if answer.status_code in {301, 302} and "?" not in answer["Location"]:
            answer["Location"] += "?" + request.GET.urlencode()
        return answer


class _WithoutQuery:
    """The request as if nothing stood after its path."""

    def __init__(self, request):
        self.request = request

    def get_full_path(self, force_append_slash=False):
        """The path alone."""
        path = self.request.get_full_path(force_append_slash=force_append_slash)
        return path.partition("?")[0]

    def __getattr__(self, name):
        return getattr(self.request, name)
