package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.MadePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training, scoring and using adapters by the command, with tiny networks. */
class VisionTrainTest {
  private static final String BASIC = Goldens.model("basic").toString();

  @TempDir private Path folder = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = MadePictures.stripes(folder.resolve("data"), 10);
  }

  private Ran train(Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("train", "--base", BASIC, "--size", "48"));
    words.addAll(List.of("--data", data.toString(), "-o", out.toString(), "--batch", "4"));
    words.addAll(List.of(more));
    return Ran.of(words.toArray(String[]::new));
  }

  @Test
  void anAdapterIsTrainedScoredUsedAndTheSameWhenResumed() throws IOException {
    Path whole = folder.resolve("whole");
    String[] run = {"--steps", "12", "--save-every", "4", "--lr", "5e-3"};
    Ran ran = train(whole, run).requireDone();
    assertTrue(ran.err().contains("16 pictures of 2 classes; 4 held out."), ran.err());
    assertTrue(ran.out().contains("held out  accuracy "), ran.out());
    byte[] trained = Files.readAllBytes(whole.resolve("adapter_model.safetensors"));
    removeNewest(folder.resolve("whole.run").resolve("checkpoints"));
    Files.delete(whole.resolve("adapter_model.safetensors"));
    List<String> again = new ArrayList<>(List.of(run));
    again.add("--resume");
    train(whole, again.toArray(String[]::new)).requireDone();
    assertArrayEquals(trained, Files.readAllBytes(whole.resolve("adapter_model.safetensors")));
    String lora = whole.toString();
    String size = "--size=48";
    Ran scored =
        Ran.of("evaluate", "--base", BASIC, "--data", data.toString(), "--lora", lora, size)
            .requireDone();
    assertTrue(scored.out().contains("whole  accuracy "), scored.out());
    assertTrue(scored.out().contains("over 20 pictures"), scored.out());
    Ran held =
        Ran.of(
                "evaluate",
                "--base",
                BASIC,
                "--data",
                data.toString(),
                "--lora",
                lora,
                size,
                "--held-out=0.2")
            .requireDone();
    String told = ran.out().lines().filter(l -> l.startsWith("held out")).findFirst().orElse("");
    assertTrue(held.out().contains(told.replace("held out  ", "")), held.out());
    String picture = data.resolve("down").resolve("3.png").toString();
    String[] words = {"classify", picture, "--base", BASIC, "--lora", lora + ":0.9"};
    Ran used = Ran.of(words).requireDone();
    assertTrue(used.out().contains("across 0.") && used.out().contains("down 0."), used.out());
    // The file says on how many pixels it was trained.
    List<String> sized = new ArrayList<>(List.of(words));
    sized.add(size);
    assertEquals(used.out(), Ran.of(sized.toArray(String[]::new)).requireDone().out());
    sized.set(sized.size() - 1, "--size=64");
    Ran other = Ran.of(sized.toArray(String[]::new)).requireDone();
    assertTrue(other.err().contains("was trained on 48 pixels, and sees 64"), other.err());
  }

  @Test
  void headsAloneAndOtherLayoutsAreTrainedToo() {
    Path head = folder.resolve("head.safetensors");
    Ran frozen = train(head, "--frozen", "--steps", "2").requireDone();
    assertTrue(frozen.err().contains("the head on 1 layers, 26 numbers"), frozen.err());
    Path file = folder.resolve("kohya.safetensors");
    train(file, "--layout", "kohya", "--targets", "3x3", "--method", "dora", "--steps", "2")
        .requireDone();
    for (Path adapter : List.of(head, file)) {
      Ran.of(
              "evaluate",
              "--base",
              BASIC,
              "--data",
              data.toString(),
              "--lora",
              adapter.toString(),
              "--size",
              "48",
              "--json")
          .requireDone();
    }
    Ran.of("classify", "x.png", "--base", BASIC, "--frozen").requireRefused("--frozen");
  }

  private static String identity(Ran ran) {
    return ran.out().replaceAll("(?s).* identity ([0-9a-f]{64}).*", "$1");
  }

  @Test
  void theKeptRunFileGivesTheSameAdapter() throws IOException {
    Path first = folder.resolve("first");
    Ran ran = train(first, "--steps", "3", "--rank", "2", "--augment", "flip").requireDone();
    Path kept = folder.resolve("first.run").resolve("run.toml");
    String settings = Files.readString(kept);
    assertTrue(settings.contains("rank = 2") && settings.contains("[defaults]"), settings);
    String again = folder.resolve("again").toString();
    assertEquals(
        identity(ran), identity(Ran.of("train", kept.toString(), "-o", again).requireDone()));
    Path wrong = Files.writeString(folder.resolve("wrong.toml"), "rnak = 2\n");
    Ran.of("train", wrong.toString()).requireRefused("rank");
  }

  @Test
  void anAdapterIsTrainedFurther() {
    Path first = folder.resolve("first");
    train(first, "--steps", "2", "--targets", "layer4\\..*conv\\d").requireDone();
    Path second = folder.resolve("second");
    Ran ran = train(second, "--steps", "2", "--from", first.toString()).requireDone();
    assertTrue(ran.err().contains("further: 3 layers"), ran.err());
  }

  @Test
  void badDataAndOptionsAreRefusedByName() throws IOException {
    Path out = folder.resolve("bad");
    train(out, "--targets", "layer9").requireRefused("layer9");
    Path head = folder.resolve("head.safetensors");
    train(head, "--frozen", "--rank", "2").requireRefused("--frozen, which trains the head alone");
    String pictures = data.toString();
    Ran.of("train", "--base", BASIC, "--data", pictures, "-o", out.toString(), "--size", "7")
        .requireRefused("--size must be from 32");
    train(out, "--augment", "flip,none").requireRefused("--augment none");
    train(out, "--held-out", "0", "--keep-best").requireRefused("--keep-best can do nothing");
    train(out, "--gradient-accumulation", "0").requireRefused("found 0");
    train(out, "--steps", "0").requireRefused("--steps must be at least 1");
    Path text = Files.writeString(data.resolve("down").resolve("text.png"), "text");
    Files.writeString(data.resolve("across").resolve("short.jpg"), "");
    Ran ran = train(out);
    ran.requireRefused("text.png is no picture");
    ran.requireRefused("short.jpg is an empty file");
    Files.delete(text);
    Files.delete(data.resolve("across").resolve("short.jpg"));
    Path empty = Files.createDirectory(data.resolve("empty"));
    train(out).requireRefused(empty + " has no pictures");
    Files.delete(empty);
    Path one = folder.resolve("one");
    Files.createDirectory(one);
    Files.move(data.resolve("down"), one.resolve("down"));
    data = one;
    train(out).requireRefused("has one class, down");
    data = one.resolve("down");
    train(out).requireRefused("has no folders of classes");
    assertFalse(Files.exists(out));
  }

  /** Removes the newest checkpoint. */
  private static void removeNewest(Path checkpoints) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(checkpoints)) {
      all = files.sorted().toList();
    }
    assertTrue(all.size() > 1, all.toString());
    Files.delete(all.get(all.size() - 1));
  }
}
