package dev.lora4j.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of PEFT's that are read and written again. */
class WrittenAdapterTest {
  private static final String TENSORS = "adapter_model.safetensors";
  private static final Lora4j LORA = Lora4j.open();

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static Map<String, HostTensor> tensors(Path file) {
    Map<String, HostTensor> all = new TreeMap<>();
    try (TensorStore store = TensorStore.open(file)) {
      for (TensorInfo info : store.tensors().values()) {
        all.put(info.name(), HostTensor.of(info.dtype(), info.shape(), store.read(info.name())));
      }
    }
    return all;
  }

  /** The tensors have PEFT's names and shapes, so that it loads them where its own lie. */
  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "folder"})
  void peftsLayoutIsItsOwn(String name) {
    Path given = Goldens.RESOURCES.resolve("adapter-" + name);
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name))) {
      Path out = folder.resolve("peft");
      write(model, model.adapter(given), "peft", out);
      assertEquals(tensors(given.resolve(TENSORS)), tensors(out.resolve(TENSORS)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "folder"})
  void aFileOfLycorisGivesTheSameLogits(String name) {
    try (VisionModel model = VisionModel.open(LORA, Goldens.model(name));
        Scope scope = model.scope().child("test")) {
      Path out = folder.resolve("lycoris.safetensors");
      write(model, model.adapter(Goldens.RESOURCES.resolve("adapter-" + name)), "kohya", out);
      float[] found =
          model
              .classification()
              .logits(
                  scope,
                  Goldens.expected(name, "pixels").on(scope),
                  MixPlan.of(model.adapter(out), 1));
      double[] all = new double[found.length];
      for (int i = 0; i < found.length; i++) {
        all[i] = found[i];
      }
      Goldens.assertClose(Goldens.expected(name, "adapted").doubles(), all, 1e-5);
    }
  }

  private static void write(VisionModel model, Adapter adapter, String layout, Path out) {
    WriteOptions options = WriteOptions.EXACT.madeFor(model.use());
    AdapterOutput.write(adapter, model.family(), AdapterWriters.named(layout), options, out);
  }
}
