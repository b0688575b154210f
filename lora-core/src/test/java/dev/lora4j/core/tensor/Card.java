package dev.lora4j.core.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The card that tests with the tag {@code gpu} run on. */
final class Card {
  /** The first card, or another device to try the tests themselves on: {@code -Dlora4j.card=}. */
  static final Device DEVICE = Device.named(System.getProperty("lora4j.card", "cuda:0"));

  private Card() {}

  /** Bytes of the card's memory that are in use, by whomever, as the driver's own tool says. */
  static long used() throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "nvidia-smi",
            "--id=" + DEVICE.index(),
            "--query-gpu=memory.used",
            "--format=csv,noheader,nounits");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("nvidia-smi: " + said);
    }
    return Long.parseLong(said) << 20;
  }
}
