package dev.lora4j.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.network.PreprocessorConfig;
import dev.lora4j.vision.network.WrittenResNetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with adapters in their weights, against the logits of PEFT with the adapters. */
class MergedVisionModelTest {
  private static final Lora4j LORA = Lora4j.open();

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static double[] logits(VisionModel model, String name) {
    try (Scope scope = model.scope().child("test")) {
      float[] found =
          model
              .classification()
              .logits(scope, Goldens.expected(name, "pixels").on(scope), MixPlan.NONE);
      return IntStream.range(0, found.length).mapToDouble(i -> found[i]).toArray();
    }
  }

  private Path out(String name) {
    return folder.resolve(Files.isDirectory(Goldens.model(name)) ? "model" : "model.safetensors");
  }

  private static Path weights(Path model) {
    return Files.isDirectory(model) ? model.resolve("model.safetensors") : model;
  }

  private static Set<String> names(Path model) {
    try (TensorStore store = TensorStore.open(weights(model))) {
      return Set.copyOf(store.tensors().keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "folder"})
  void theMergedModelHasTheLogitsOfPeft(String name) {
    Path out = out(name);
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name))) {
      MixPlan mix = MixPlan.of(model.adapter(Goldens.RESOURCES.resolve("adapter-" + name)), 1);
      MergedVisionModel.write(model, mix, model.preparation(), UnaryOperator.identity(), out);
    }
    assertEquals(names(Goldens.model(name)), names(out));
    try (VisionModel merged = VisionModel.open(LORA, out)) {
      assertFalse(merged.newHead());
      Goldens.assertClose(Goldens.expected(name, "adapted").doubles(), logits(merged, name), 1e-5);
    }
  }

  /** A head for other classes than the base's, with their names and the size of the pictures. */
  @ParameterizedTest
  @ValueSource(strings = {"basic", "folder"})
  void aNewHeadIsWrittenWithItsClasses(String name) {
    Path written = Goldens.RESOURCES.resolve("written-" + name);
    List<String> classes = List.of("cat", "dog", "owl");
    Path out = out(name);
    PicturePreparation seen = PicturePreparation.IMAGENET.sized(40);
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name), classes)) {
      MixPlan mix = MixPlan.of(model.adapter(written), 1);
      MergedVisionModel.write(model, mix, seen, UnaryOperator.identity(), out);
    }
    try (VisionModel merged = VisionModel.open(LORA, out)) {
      assertEquals(classes, merged.labels());
      assertEquals(40, merged.preparation().size());
      assertEquals(seen.shorter(), merged.preparation().shorter());
      Goldens.assertClose(
          Goldens.tensor("expected-written.safetensors", name).doubles(),
          logits(merged, "basic"),
          1e-5);
    }
  }

  /**
   * What no adapter changes is the base's byte for byte; a type is taken where one is asked for.
   */
  @Test
  void nothingElseChanges() {
    Path base = Goldens.model("basic");
    Path same = folder.resolve("same.safetensors");
    Path half = folder.resolve("half.safetensors");
    try (VisionModel model = VisionModel.open(LORA, base)) {
      PicturePreparation seen = model.preparation();
      assertEquals(
          0, MergedVisionModel.write(model, MixPlan.NONE, seen, UnaryOperator.identity(), same));
      MergedVisionModel.write(model, MixPlan.NONE, seen, own -> DType.F16, half);
    }
    try (TensorStore before = TensorStore.open(base);
        TensorStore after = TensorStore.open(same);
        TensorStore halved = TensorStore.open(half)) {
      assertEquals(before.tensors().keySet(), after.tensors().keySet());
      for (String name : before.tensors().keySet()) {
        assertArrayEquals(before.bytes(name), after.bytes(name), name);
      }
      assertEquals(
          Set.of(DType.F16),
          halved.tensors().values().stream()
              .map(TensorInfo::dtype)
              .filter(DType::floating)
              .collect(Collectors.toSet()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bit", "vit", "convnext"})
  void aWrittenPreparationIsReadAsItWas(String name) throws IOException {
    PicturePreparation usual =
        PreprocessorConfig.of(Goldens.RESOURCES.resolve("processors/" + name));
    for (PicturePreparation one : List.of(usual, usual.sized(40))) {
      Path own = Files.createTempDirectory(folder, "own");
      WrittenResNetConfig.writePreparation(one, own);
      assertEquals(one, PreprocessorConfig.of(own));
    }
  }
}
