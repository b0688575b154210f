package dev.lora4j.whisper.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.whisper.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and scoring of the tiny Whisper by the command. */
class SpeechTrainTest {
  private static final String TINY = Goldens.TINY.toString();

  private static final String[] ENGLISH = {"--language", "en"};

  @TempDir private Path folder = Path.of("");
  private Path data = Path.of("");

  /** Three recordings of half a second, which the tiny model hears at once. */
  @BeforeEach
  void record() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    byte[] all = Files.readAllBytes(Goldens.RESOURCES.resolve("sentence.wav"));
    for (int i = 0; i < 3; i++) {
      byte[] part = new byte[44 + 22050];
      System.arraycopy(all, 0, part, 0, 44);
      System.arraycopy(all, 44 + 4410 + 20000 * i, part, 44, part.length - 44);
      Files.write(data.resolve(i + ".wav"), part);
      Files.writeString(data.resolve(i + ".txt"), "ab " + i + "\n");
    }
  }

  private SpeechCommandTest.Ran train(Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("train", "--base", TINY));
    words.addAll(List.of("--data", data.toString(), "-o", out.toString()));
    words.addAll(List.of("--batch", "2", "--rank", "4", "--save-every", "2"));
    words.addAll(List.of(more));
    return SpeechCommandTest.Ran.of(words.toArray(String[]::new));
  }

  @Test
  void anAdapterIsTrainedScoredAndTheSameWhenResumed() throws IOException {
    Path whole = folder.resolve("whole");
    String[] run = {"--language", "en", "--steps", "6", "--held-out", "0.3"};
    SpeechCommandTest.Ran ran = train(whole, run);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains("1 held out"), ran.err());
    String config = Files.readString(whole.resolve("adapter_config.json"));
    assertFalse(config.contains("SEQ_2_SEQ_LM"), config);
    byte[] trained = weights(whole);
    // The run as it was before its last checkpoint.
    removeNewest(folder.resolve("whole.run").resolve("checkpoints"));
    Files.delete(whole.resolve("adapter_model.safetensors"));
    List<String> again = new ArrayList<>(List.of(run));
    again.add("--resume");
    SpeechCommandTest.Ran resumed = train(whole, again.toArray(String[]::new));
    assertEquals(0, resumed.code(), resumed.err());
    assertArrayEquals(trained, weights(whole));
    SpeechCommandTest.Ran scored =
        SpeechCommandTest.Ran.of(
            "evaluate",
            "--base",
            TINY,
            "--data",
            data.toString(),
            "--language",
            "en",
            "--lora",
            whole.toString());
    assertEquals(0, scored.code(), scored.err());
    assertTrue(scored.out().contains("base          word error rate"), scored.out());
    assertTrue(scored.out().contains("whole         word error rate"), scored.out());
  }

  @Test
  void aWholeModelIsWritten() {
    Path out = folder.resolve("model");
    SpeechCommandTest.Ran ran =
        train(out, "--language", "en", "--steps", "2", "--layout", "transformers");
    assertEquals(0, ran.code(), ran.err());
    String sound = data.resolve("0.wav").toString();
    SpeechCommandTest.Ran used =
        SpeechCommandTest.Ran.of("transcribe", sound, "--base", out.toString());
    assertEquals(0, used.code(), used.err());
  }

  @Test
  void aRunIsPlanned() {
    Path out = folder.resolve("planned");
    SpeechCommandTest.Ran ran = train(out, "--language", "en", "--targets", "all", "--plan");
    assertEquals(0, ran.code(), ran.err());
    // 2 layers of 6 in the encoder, 3 of 10 in the decoder.
    assertTrue(ran.err().contains("lora on 42 layers"), ran.err());
    assertTrue(ran.out().contains("A step takes"), ran.out());
    assertFalse(Files.exists(out));
  }

  @Test
  void aRateIsSoughtInsteadOfATraining() {
    Path out = folder.resolve("sought");
    SpeechCommandTest.Ran ran =
        train(out, "--language", "en", "--find-rate", "--find-steps", "2", "--json");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("\"rate\""), ran.out());
    assertFalse(Files.exists(out));
  }

  @Test
  void theKeptRunFileGivesTheSameRun() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first")).resolve("accent");
    SpeechCommandTest.Ran ran =
        train(first, "--language", "en", "--steps", "3", "--ranks", "by-energy:max=6");
    assertEquals(0, ran.code(), ran.err());
    Path file = first.resolveSibling("accent.run").resolve("run.toml");
    assertTrue(Files.readString(file).contains("save-every = 2"), Files.readString(file));
    Path second = Files.createDirectory(folder.resolve("second")).resolve("accent");
    SpeechCommandTest.Ran again =
        SpeechCommandTest.Ran.of("train", file.toString(), "-o", second.toString());
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(weights(first), weights(second));
  }

  @Test
  void downFactorsAreShared() throws IOException {
    Path first = folder.resolve("first");
    assertEquals(0, train(first, "--language", "en", "--steps", "1").code());
    List<String> words = new ArrayList<>(List.of("train", "--base", TINY, "--language", "en"));
    words.addAll(List.of("--data", data.toString(), "--shared-a", first.toString()));
    words.addAll(List.of("--steps", "2", "-o", folder.resolve("second").toString()));
    SpeechCommandTest.Ran ran = SpeechCommandTest.Ran.of(words.toArray(String[]::new));
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains("first"), ran.err());
  }

  @Test
  void whatWouldDoNothingIsRefusedByName() {
    Path out = folder.resolve("refused");
    train(out, "--pack").requireRefused("There is no option --pack.");
    train(out, "--max-length", "8").requireRefused("There is no option --max-length.");
    train(out, "--keep-best").requireRefused("--keep-best does nothing without --held-out");
    train(out, "--validate-every", "2").requireRefused("--validate-every does nothing without");
    train(out, "--init", "eva").requireRefused("in its decoder alone");
    train(out, "--init", "loftq").requireRefused("--base-precision nf4");
    train(out, "--steps", "2", "--epochs", "2").requireRefused("--epochs does not go with");
    train(out, "--plan", "--resume").requireRefused("--resume does not go with --plan");
    train(out, "--find-rate", "--overwrite").requireRefused("--overwrite does not go with");
    train(out, "--held-out", "0.9").requireRefused("leaves none to train on");
    train(out, "--targets", "none", "--saved", "proj_out").requireRefused("PEFT has no form");
    assertFalse(Files.exists(out));
  }

  /** Each recording is learned with its whole text, so nothing limits or joins texts. */
  @Test
  void helpAndRunFilesHaveNoOptionsOfLengths() throws IOException {
    SpeechCommandTest.Ran help = SpeechCommandTest.Ran.of("train", "--help");
    assertEquals(0, help.code(), help.err());
    String shown = help.out() + help.err();
    assertTrue(shown.contains("--held-out"), shown);
    assertFalse(shown.contains("--pack") || shown.contains("--max-length"), shown);
    Path file = Files.writeString(folder.resolve("long.toml"), "max-length = 8\n");
    SpeechCommandTest.Ran.of("train", file.toString()).requireRefused("max-length");
  }

  private static byte[] weights(Path adapter) throws IOException {
    return Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
  }

  @Test
  void badDataAreRefusedByName() throws IOException {
    Path out = folder.resolve("bad");
    Files.delete(data.resolve("1.txt"));
    Files.writeString(data.resolve("2.txt"), " ");
    SpeechCommandTest.Ran ran = train(out, ENGLISH);
    ran.requireRefused("1.wav has no text");
    ran.requireRefused("2.wav: its text is empty");
    Files.delete(data.resolve("1.wav"));
    Files.writeString(data.resolve("2.txt"), "a text that is far too long to be written");
    train(out, ENGLISH).requireRefused("and the model writes 32 at the most");
    Files.copy(Goldens.RESOURCES.resolve("sentence.wav"), data.resolve("1.wav"));
    Files.writeString(data.resolve("1.txt"), "fox");
    train(out, ENGLISH).requireRefused("the model hears 1 s at once");
    train(out, "--language", "Klingon").requireRefused("this model knows de, en, ja");
    Files.delete(data.resolve("1.wav"));
    Files.writeString(data.resolve("2.txt"), "c");
    train(out, "--language", "en", "--targets", "nothing").requireRefused("nothing");
    Path lines = Files.writeString(folder.resolve("lines.jsonl"), "{\"audio\": 1}\nx\n");
    SpeechCommandTest.Ran other =
        SpeechCommandTest.Ran.of(
            "train", "--base", TINY, "--data", lines.toString(), "-o", out.toString());
    other.requireRefused("line 1: expected");
    other.requireRefused("line 2 is no JSON object");
    train(out).requireRefused("--language en");
  }

  /** Removes the newest checkpoint. */
  private static void removeNewest(Path checkpoints) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(checkpoints)) {
      all = files.sorted().toList();
    }
    assertTrue(all.size() > 1, all.toString());
    try (Stream<Path> files = Files.walk(all.get(all.size() - 1))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
