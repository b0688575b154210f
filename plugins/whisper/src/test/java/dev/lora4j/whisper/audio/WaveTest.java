package dev.lora4j.whisper.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaveTest {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final double[] SAMPLES = {0, 0.5, -0.5, -1, 0.25, 0.75};

  @TempDir private Path folder = Path.of("");

  private Path write(int kind, int bits, int channels, double... samples) throws IOException {
    int bytes = samples.length * bits / 8;
    ByteBuffer all = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
    all.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + bytes);
    all.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    all.putShort((short) kind).putShort((short) channels).putInt(16000);
    all.putInt(16000 * channels * bits / 8).putShort((short) (channels * bits / 8));
    all.putShort((short) bits);
    all.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
    for (double sample : samples) {
      switch (kind == FLOAT ? -bits : bits) {
        case -32 -> all.putFloat((float) sample);
        case -64 -> all.putDouble(sample);
        case 8 -> all.put((byte) (128 + 128 * sample));
        case 16 -> all.putShort((short) (32768 * sample));
        case 24 -> {
          int number = (int) (8388608 * sample);
          all.put((byte) number).putShort((short) (number >> 8));
        }
        default -> all.putInt((int) (2147483648.0 * sample));
      }
    }
    return Files.write(folder.resolve(kind + "-" + bits + "-" + channels + ".wav"), all.array());
  }

  @ParameterizedTest
  @CsvSource({"1,8", "1,16", "1,24", "1,32", "3,32", "3,64"})
  void samplesOfEachTypeAreRead(int kind, int bits) throws IOException {
    Wave wave = Wave.read(write(kind, bits, 1, SAMPLES));
    assertEquals(16000, wave.rate());
    assertArrayEquals(new float[] {0, 0.5f, -0.5f, -1, 0.25f, 0.75f}, wave.samples());
  }

  @Test
  void channelsAreAveraged() throws IOException {
    assertArrayEquals(
        new float[] {0.25f, -0.75f, 0.5f}, Wave.read(write(PCM, 16, 2, SAMPLES)).samples());
  }

  @Test
  void silenceIsKnown() throws IOException {
    assertTrue(Wave.read(write(PCM, 16, 1, 0, 0, 0)).silent());
    assertFalse(Wave.read(write(PCM, 16, 1, 0, 0.1, 0)).silent());
  }

  @Test
  void badFilesAreRefusedByName() throws IOException {
    refused(write(PCM, 16, 1), "has no samples");
    refused(write(PCM, 16, 9, new double[9]), "9 channels");
    refused(write(FLOAT, 32, 1, Double.NaN), "no numbers");
    Path text = Files.writeString(folder.resolve("text.wav"), "no sound at all");
    refused(text, "no WAV file");
    refused(folder.resolve("missing.wav"), "missing.wav");
    refused(Files.write(folder.resolve("nothing.wav"), new byte[0]), "nothing.wav");
    // A-law.
    refused(write(6, 8, 1, SAMPLES), "ALAW");
  }

  private static void refused(Path file, String part) {
    String message =
        String.valueOf(assertThrows(AudioException.class, () -> Wave.read(file)).getMessage());
    assertTrue(message.contains(part), message);
    assertTrue(message.contains(String.valueOf(file.getFileName())), message);
  }
}
