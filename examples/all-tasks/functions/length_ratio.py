def length_ratio(reply, reference, cap):
    import math

    ratio = len(reply) / max(len(reference), 1)
    return math.floor(min(ratio, cap) * 100) / 100
