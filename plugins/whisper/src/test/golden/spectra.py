"""Resampled waves and log-mel spectra. Waves are resampled in F64, as torchaudio forms its filters in the type of the wave.

Writes ../resources/sentence.wav, by espeak-ng, and ../resources/spectra.safetensors with
  resampled.RATE   F32 [n]         a chirp of 3000 samples at RATE, at 16000 a second
  sentence         F32 [80, 400]   the first 4 seconds of the sentence's spectrum, at 16000 a second
  chirp.MELS       F32 [MELS, 60]  every fiftieth frame and the last of a chirp of 31 seconds
"""

import os
import subprocess
import wave

import numpy as np
import torch
from safetensors.numpy import save_file
from torchaudio.functional import resample
from transformers import WhisperFeatureExtractor

from waves import chirp

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
SENTENCE = "The quick brown fox jumps over the lazy dog."


def main():
    path = os.path.join(RESOURCES, "sentence.wav")
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "160", "-w", path, SENTENCE], check=True)
    all = {}
    for rate in (8000, 11025, 22050, 44100, 48000):
        made = resample(torch.from_numpy(chirp(3000, rate, 200, 5000, 1)).double(), rate, 16000)
        all[f"resampled.{rate}"] = made.float().numpy()
    with wave.open(path) as file:
        rate = file.getframerate()
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    sound = resample(torch.from_numpy(data).double(), rate, 16000).float().numpy()
    spectra = WhisperFeatureExtractor()
    all["sentence"] = spectra(sound, sampling_rate=16000, return_tensors="np").input_features[0][:, :400]
    long = chirp(31 * 16000, 16000, 50, 7900, 7)
    for mels in (80, 128):
        spectra = WhisperFeatureExtractor(feature_size=mels)
        found = spectra(long, sampling_rate=16000, return_tensors="np").input_features[0]
        all[f"chirp.{mels}"] = np.concatenate([found[:, ::50][:, :59], found[:, -1:]], 1)
    save_file({k: np.ascontiguousarray(v) for k, v in all.items()}, os.path.join(RESOURCES, "spectra.safetensors"))


if __name__ == "__main__":
    main()
