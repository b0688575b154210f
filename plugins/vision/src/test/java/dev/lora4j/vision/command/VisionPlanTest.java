package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.MadePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings on pictures that are only planned. */
class VisionPlanTest {
  private static final Path BASIC = Goldens.model("basic");

  /** Numbers of a head for two classes. */
  private static final long HEAD = 26;

  @TempDir private Path folder = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = MadePictures.stripes(folder.resolve("data"), 10);
  }

  private Ran train(String... more) {
    List<String> words = new ArrayList<>(List.of("train", "--base", BASIC.toString()));
    words.addAll(List.of("--data", data.toString()));
    words.addAll(List.of(more));
    Map<String, String> usual =
        Map.of(
            "-o",
            folder.resolve("out").toString(),
            "--size",
            "48",
            "--batch",
            "6",
            "--epochs",
            "2");
    usual.forEach(
        (name, value) -> {
          if (!words.contains(name)) {
            words.addAll(List.of(name, value));
          }
        });
    return Ran.of(words.toArray(String[]::new));
  }

  private JsonObject plan(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("--plan", "--json"));
    words.addAll(List.of(more));
    Ran ran = train(words.toArray(String[]::new)).requireDone();
    requireNothingWritten();
    return JsonParser.parseString(ran.out()).getAsJsonObject();
  }

  private void requireNothingWritten() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(p -> String.valueOf(p.getFileName()).startsWith("out")));
    }
  }

  /** Numbers of the tensors of a file. */
  private static long elements(Path file, Predicate<String> counted) {
    try (TensorStore store = TensorStore.open(file)) {
      return store.tensors().values().stream()
          .filter(t -> counted.test(t.name()))
          .mapToLong(t -> t.shape().elements())
          .sum();
    }
  }

  @Test
  void aPlanIsThatOfTheRun() throws IOException {
    JsonObject plan = plan();
    long numbers = plan.get("numbers").getAsLong();
    assertEquals(16, plan.get("pictures").getAsInt());
    assertEquals(4, plan.get("heldOut").getAsInt());
    assertEquals(48, plan.get("size").getAsInt());
    // Three batches an epoch, the last of them with 4 pictures.
    assertEquals(6, plan.get("steps").getAsInt());
    // The values, two buffers of gradients and two moments of AdamW.
    assertEquals(5 * 4 * numbers, plan.get("stateBytes").getAsLong());
    // All of the base but the counts of its norms, with the head as it begins, for two classes, in
    // place of its own; and the scale of each layer.
    long body = elements(BASIC, name -> !name.startsWith("fc.") && !name.endsWith("_tracked"));
    long held = body + HEAD + plan.get("layers").getAsLong();
    assertEquals(4 * held, plan.get("weightBytes").getAsLong());
    assertEquals(
        Stream.of("weightBytes", "stateBytes", "keptBytes", "workingBytes")
            .mapToLong(name -> plan.get(name).getAsLong())
            .sum(),
        plan.get("memoryBytes").getAsLong());
    assertTrue(plan.get("secondsPerStep").getAsDouble() > 0, plan.toString());
    JsonObject told = JsonParser.parseString(train("--json").requireDone().out()).getAsJsonObject();
    for (String name : List.of("layers", "steps")) {
      assertEquals(told.get(name).getAsInt(), plan.get(name).getAsInt(), name);
    }
    Path file = folder.resolve("out").resolve("adapter_model.safetensors");
    assertEquals(elements(file, name -> true), numbers);
    try (Stream<String> steps = Files.lines(folder.resolve("out.run").resolve("log.csv"))) {
      assertEquals(1 + plan.get("steps").getAsLong(), steps.count());
    }
  }

  @Test
  void moreTakesMore() throws IOException {
    JsonObject six = plan();
    JsonObject three = plan("--batch", "3");
    assertEquals(2 * flops(three), flops(six));
    // Nothing is kept for the first layer's frozen product, so it is a little less than twice.
    assertTrue(kept(six) > 1.9 * kept(three), six + " " + three);
    JsonObject twice = plan("--batch", "3", "--gradient-accumulation", "2");
    assertEquals(flops(six), flops(twice));
    assertEquals(kept(three), kept(twice));
    assertEquals(2, plan("--batch", "16").get("steps").getAsInt());
    // No more pictures at once than there are.
    assertEquals(flops(plan("--batch", "16")), flops(plan("--batch", "64")));
    JsonObject large = plan("--size", "96");
    assertTrue(flops(large) > 3.5 * flops(six), large.toString());
  }

  private static long flops(JsonObject plan) {
    return plan.get("flopsPerStep").getAsLong();
  }

  private static long kept(JsonObject plan) {
    return plan.get("keptBytes").getAsLong();
  }

  @Test
  void theOptimizersStateMayLieInAFile() throws IOException {
    JsonObject held = plan();
    JsonObject mapped = plan("--optimizer-state", "mapped");
    long file = mapped.get("mappedBytes").getAsLong();
    assertEquals(8 * mapped.get("numbers").getAsLong(), file);
    assertEquals(held.get("memoryBytes").getAsLong() - file, mapped.get("memoryBytes").getAsLong());
    // Lion has one moment, where AdamW has two.
    JsonObject lion = plan("--optimizer", "lion");
    assertEquals(
        held.get("stateBytes").getAsLong() - 4 * held.get("numbers").getAsLong(),
        lion.get("stateBytes").getAsLong());
  }

  @Test
  void peopleAreToldTheSame() throws IOException {
    Ran ran = train("--plan", "--frozen", "-o", folder.resolve("out.safetensors").toString());
    ran.requireDone();
    requireNothingWritten();
    assertTrue(ran.err().contains("16 pictures of 2 classes; 4 held out."), ran.err());
    assertTrue(ran.err().contains("the head on 1 layers, 26 numbers; 6 steps of 6"), ran.err());
    assertFalse(ran.err().contains("To use it"), ran.err());
    assertTrue(ran.out().contains("A step takes "), ran.out());
    assertTrue(ran.out().contains("The largest step has 6 pictures of 48 x 48 pixels"), ran.out());
  }

  @Test
  void whatIsWrongWithARunIsWrongWithItsPlan() throws IOException {
    train("--plan", "--resume").requireRefused("--resume does not go with --plan");
    train("--plan", "--find-rate").requireRefused("--find-rate does not go with --plan");
    train("--plan", "--targets", "layer9").requireRefused("layer9");
    Path text = Files.writeString(data.resolve("down").resolve("text.png"), "text");
    train("--plan").requireRefused("text.png is no picture");
    Files.delete(text);
    Files.createDirectory(folder.resolve("out"));
    Files.writeString(folder.resolve("out").resolve("mine.txt"), "mine");
    train("--plan").requireRefused("is there already");
  }
}
