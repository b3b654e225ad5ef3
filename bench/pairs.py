def measure(town, options):
    return []
def counts(options):
    return []
