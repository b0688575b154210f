package dev.lora4j.whisper.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import dev.lora4j.whisper.Goldens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with the tiny Whisper, and what it refuses. */
class SpeechCommandTest {
  private static final String TINY = Goldens.TINY.toString();
  private static final String SENTENCE = Goldens.RESOURCES.resolve("sentence.wav").toString();

  @TempDir private Path folder = Path.of("");

  /** Output of a command, and how it ended. */
  record Ran(int code, String out, String err) {
    static Ran of(String... words) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      String[] all =
          Stream.concat(Stream.of("speech"), Arrays.stream(words)).toArray(String[]::new);
      int code =
          Main.run(
              Console.of(
                  new PrintStream(out, true, StandardCharsets.UTF_8),
                  new PrintStream(err, true, StandardCharsets.UTF_8)),
              all);
      return new Ran(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    void requireRefused(String part) {
      assertTrue(code != 0, out);
      assertTrue(err.contains(part), err);
    }
  }

  @Test
  void transcribesWithAnAdapterAsJson() {
    Ran ran =
        Ran.of(
            "transcribe",
            SENTENCE,
            "--base",
            TINY,
            "--lora",
            Goldens.RESOURCES.resolve("adapter") + ":0.8",
            "--beams",
            "2",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    // The tiny model hears one second at once.
    assertTrue(ran.out().contains("\"end\": 3.0"), ran.out());
    assertTrue(ran.out().contains("\"language\""), ran.out());
  }

  @Test
  void badInputIsRefusedByName() throws IOException {
    Ran.of("transcribe", "missing.wav", "--base", TINY).requireRefused("missing.wav");
    Path text = Files.writeString(folder.resolve("text.wav"), "text");
    Ran.of("transcribe", text.toString(), "--base", TINY).requireRefused("no WAV file");
    Ran.of("transcribe", SENTENCE, "--base", TINY, "--language", "xx")
        .requireRefused("this model knows de, en, ja");
    Ran.of("transcribe", SENTENCE, "--base", folder.toString())
        .requireRefused("is no language model");
    String other = Path.of("../../lora-text/src/test/resources/models/t5").toString();
    Ran.of("transcribe", SENTENCE, "--base", other).requireRefused("is no Whisper");
    String foreign = Path.of("../../lora-text/src/test/resources/adapters/lora").toString();
    Ran.of("transcribe", SENTENCE, "--base", TINY, "--lora", foreign)
        .requireRefused("made for another base");
    Ran.of("transcribe", SENTENCE, "--base", TINY, "--beams", "0").requireRefused("num_beams");
  }

  @Test
  void silenceIsRefused() throws IOException {
    byte[] wave = Files.readAllBytes(Path.of(SENTENCE));
    Arrays.fill(wave, 44, wave.length, (byte) 0);
    Path silent = Files.write(folder.resolve("silent.wav"), wave);
    Ran.of("transcribe", silent.toString(), "--base", TINY).requireRefused("is silent");
  }
}
