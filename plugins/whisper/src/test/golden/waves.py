"""Recordings by formulas, which the tests make again."""

import numpy as np


def chirp(samples, rate, begin, end, seed):
    """A tone that rises from begin to end hertz, with noise of a linear congruence, F32."""
    t = np.arange(samples, dtype=np.float64)
    phase = 2 * np.pi * (begin * t + (end - begin) * t * t / (2 * samples)) / rate
    state = seed
    noise = np.empty(samples)
    for i in range(samples):
        state = (state * 1103515245 + 12345) % 2147483648
        noise[i] = state / 1073741824 - 1
    return (0.4 * np.sin(phase) + 0.05 * noise).astype(np.float32)
