package dev.lora4j.vision.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.VisionClasses;
import dev.lora4j.vision.VisionModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits against torchvision, transformers and PEFT ({@code tiny_resnets.py}). */
class ResNetParityTest {
  private static final Lora4j LORA = Lora4j.open();

  @AfterAll
  static void close() {
    LORA.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "folder"})
  void logitsAreTheReferences(String name) {
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name))) {
      Goldens.assertClose(
          Goldens.expected(name, "logits").doubles(), logits(model, name, MixPlan.NONE), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "folder"})
  void adaptersOfPeftGiveItsLogits(String name) {
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name))) {
      Adapter adapter = model.adapter(Goldens.RESOURCES.resolve("adapter-" + name));
      double[] expected = Goldens.expected(name, "adapted").doubles();
      for (Route route : List.of(Route.MERGED, Route.UNMERGED)) {
        MixPlan mix = MixPlan.of(adapter, 1).route(route);
        Goldens.assertClose(expected, logits(model, name, mix), 1e-5);
      }
    }
  }

  /** Adapters that {@code vision train} wrote give the logits that PEFT gives with them. */
  @ParameterizedTest
  @ValueSource(strings = {"basic", "folder"})
  void whatIsWrittenIsWhatPeftReads(String name) {
    Path written = Goldens.RESOURCES.resolve("written-" + name);
    List<String> classes = VisionClasses.of(written);
    assertEquals(List.of("cat", "dog", "owl"), classes);
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name), classes)) {
      Goldens.assertClose(
          Goldens.tensor("expected-written.safetensors", name).doubles(),
          logits(model, "basic", MixPlan.of(model.adapter(written), 1)),
          1e-5);
    }
  }

  /** Files that LyCORIS saved give its logits ({@code lycoris_files.py}). */
  @ParameterizedTest
  @ValueSource(strings = {"locon", "loha", "lokr"})
  void adaptersOfLycorisGiveItsLogits(String name) {
    try (VisionModel model = VisionModel.open(LORA, Goldens.model("basic"))) {
      Path file = Goldens.RESOURCES.resolve("lycoris-" + name + ".safetensors");
      Goldens.assertClose(
          Goldens.tensor("expected-lycoris.safetensors", name).doubles(),
          logits(model, "basic", MixPlan.of(model.adapter(file), 1)),
          1e-5);
    }
  }

  private static double[] logits(VisionModel model, String name, MixPlan mix) {
    try (Scope scope = model.scope().child("test")) {
      HostTensor pixels = Goldens.expected(name, "pixels");
      float[] all = model.classification().logits(scope, pixels.on(scope), mix);
      double[] found = new double[all.length];
      for (int i = 0; i < all.length; i++) {
        found[i] = all[i];
      }
      return found;
    }
  }
}
