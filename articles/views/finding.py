def archive(request, slug=""): ...


tags = tag = authors = author = search = archive
