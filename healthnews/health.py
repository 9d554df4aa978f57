def live(request): ...


ready = live
