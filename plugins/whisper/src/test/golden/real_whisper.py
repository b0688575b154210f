"""What transformers writes of the sentence with Whisper tiny.en.

real_whisper.py FOLDER, which `lora4j speech convert` made of the model that real_models.py fetches; writes
../resources/tiny-en.json: the likeliest tokens and those of five beams, each with the end token.
"""

import json
import os
import sys
import wave

import numpy as np
import torch
from torchaudio.functional import resample
from transformers import AutoTokenizer, WhisperFeatureExtractor, WhisperForConditionalGeneration

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")


def main():
    model = WhisperForConditionalGeneration.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
    with wave.open(os.path.join(RESOURCES, "sentence.wav")) as file:
        rate = file.getframerate()
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768
    sound = resample(torch.from_numpy(data), rate, 16000).float().numpy()
    spectra = WhisperFeatureExtractor.from_pretrained(sys.argv[1])
    features = spectra(sound, sampling_rate=16000, return_tensors="pt").input_features
    words = AutoTokenizer.from_pretrained(sys.argv[1])
    end = model.generation_config.eos_token_id
    found = {}
    for name, beams in (("greedy", 1), ("beams", 5)):
        tokens = model.generate(features, num_beams=beams)[0].tolist()
        tokens = [t for t in tokens if t not in (50257, 50362, end)] + [end]
        found[name] = {"tokens": tokens, "text": words.decode(tokens, skip_special_tokens=True).strip()}
    print(found)
    with open(os.path.join(RESOURCES, "tiny-en.json"), "w") as out:
        json.dump(found, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
