def home(request, exception=None, reason=""): ...


robots = kept_mail = media = not_found = server_error = forbidden = bad_request = csrf_failure = home
