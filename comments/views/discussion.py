def sort_of(request):
    return "oldest"


def thread(request, slug): ...


composer = mine = permalink = thread
