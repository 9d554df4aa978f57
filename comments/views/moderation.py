def queue(request, pk=0): ...


card = decide = claim = decide_many = log = replies = queue
