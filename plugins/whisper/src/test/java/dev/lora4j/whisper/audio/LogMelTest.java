package dev.lora4j.whisper.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.whisper.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spectra and resampling against transformers and torchaudio ({@code spectra.py}). */
class LogMelTest {
  private static final String FILE = "spectra.safetensors";

  /** Ours are formed in F64, transformers' in F32. */
  private static final float CLOSE = 3e-5f;

  @ParameterizedTest
  @ValueSource(ints = {8000, 11025, 22050, 44100, 48000})
  void wavesAreResampledAsTorchaudioDoes(int rate) {
    float[] expected = Goldens.tensor(FILE, "resampled." + rate).floats();
    assertArrayEquals(expected, Goldens.chirp(3000, rate, 200, 5000, 1).at(16000).samples(), 1e-6f);
  }

  /** A file of 22050 samples a second. */
  @Test
  void spectrumOfSpeechIsThatOfTransformers() {
    Wave wave = Wave.read(Goldens.RESOURCES.resolve("sentence.wav"));
    assertEquals(22050, wave.rate());
    float[] found = new LogMel(80, 3000).of(wave.at(Wave.RATE));
    float[] expected = Goldens.tensor(FILE, "sentence").floats();
    float least = expected[399];
    for (int mel = 0; mel < 80; mel++) {
      for (int frame = 0; frame < 3000; frame++) {
        float there = frame < 400 ? expected[mel * 400 + frame] : least;
        assertEquals(there, found[mel * 3000 + frame], CLOSE, mel + " at " + frame);
      }
    }
  }

  /** Longer than 30 seconds, so that it is cut, and its last frame is reflected. */
  @ParameterizedTest
  @ValueSource(ints = {80, 128})
  void spectrumOfALongWaveIsThatOfTransformers(int mels) {
    float[] found = new LogMel(mels, 3000).of(Goldens.chirp(31 * 16000, 16000, 50, 7900, 7));
    float[] expected = Goldens.tensor(FILE, "chirp." + mels).floats();
    for (int mel = 0; mel < mels; mel++) {
      for (int i = 0; i < 60; i++) {
        int frame = i < 59 ? 50 * i : 2999;
        assertEquals(expected[mel * 60 + i], found[mel * 3000 + frame], CLOSE, mel + " " + frame);
      }
    }
  }

  @Test
  void wavesOfOtherRatesAreRefused() {
    Wave wave = Goldens.chirp(100, 8000, 100, 200, 1);
    assertThrows(IllegalArgumentException.class, () -> new LogMel(80, 3000).of(wave));
  }
}
