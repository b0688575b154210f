package dev.lora4j.core.safetensors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damaged and recombined files of the corpus; the same ones for the same seed. */
final class Mutants {
  private static final String[] WORDS = {
    "\"dtype\":",
    "\"shape\":",
    "\"data_offsets\":",
    "__metadata__",
    "[0,4]",
    "[",
    "]",
    "{",
    "}",
    "\"a\":",
    ",",
    "\\u0000",
    "\\ud83d",
    "-1",
    "281474976710656",
    "1e9",
    "null",
    "\"F4\"",
    "\"U8\"",
  };

  private final List<byte[]> seeds = new ArrayList<>();
  private final Random random;

  Mutants(long seed) throws IOException {
    random = new Random(seed);
    for (Path file : HostileFileTest.hostile()) {
      seeds.add(Files.readAllBytes(file));
    }
    // Sound files weigh as much as the hostile ones, of which there are seven times as many.
    for (int i = 0; i < 7; i++) {
      for (Path file : HostileFileTest.valid()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
  }

  /** One more file. */
  byte[] next() {
    byte[] file = seeds.get(random.nextInt(seeds.size())).clone();
    for (int n = random.nextInt(3); n >= 0; n--) {
      file = mutate(file);
    }
    if (random.nextInt(4) > 0) {
      fixLength(file);
    }
    return file;
  }

  private byte[] mutate(byte[] file) {
    if (file.length == 0) {
      return new byte[random.nextInt(20)];
    }
    int at = random.nextInt(file.length);
    return switch (random.nextInt(5)) {
      case 0 -> {
        file[at] ^= (byte) (1 << random.nextInt(8));
        yield file;
      }
      case 1 -> splice(file, at, new byte[0], at + 1 + random.nextInt(file.length - at));
      case 2 ->
          splice(
              file, at, WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8), at);
      case 3 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        int to = from + random.nextInt(other.length - from + 1);
        yield splice(file, at, Arrays.copyOfRange(other, from, to), at);
      }
      default -> Arrays.copyOf(file, random.nextInt(file.length + 8));
    };
  }

  private static byte[] splice(byte[] file, int from, byte[] middle, int to) {
    byte[] result = new byte[from + middle.length + file.length - to];
    System.arraycopy(file, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(file, to, result, from + middle.length, file.length - to);
    return result;
  }

  /** Sets the header's length to the last closing brace, without which few mutants get far. */
  private static void fixLength(byte[] file) {
    for (int end = file.length; end > 8; end--) {
      if (file[end - 1] == '}') {
        Arrays.fill(file, 0, 8, (byte) 0);
        file[0] = (byte) (end - 8);
        file[1] = (byte) ((end - 8) >> 8);
        file[2] = (byte) ((end - 8) >> 16);
        return;
      }
    }
  }
}
