def LatestFeed():
    return lambda request: None
