"""The language of an answer: the one chosen in this browser, else what the browser asks for, else English."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from hitl.errors import API


class LanguageMiddleware(LocaleMiddleware):
    """Choose the language of pages; programs are answered in English, so that logs read the same everywhere."""

    def process_request(self, request: HttpRequest) -> None:
        """Take up the language for this request."""
        if not request.path_info.startswith(API):
            return super().process_request(request)
        translation.activate("en")
        request.LANGUAGE_CODE = "en"
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language; only pages vary by what a browser asks for."""
        if not request.path_info.startswith(API):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", "en")
        return response
