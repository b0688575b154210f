package dev.lora4j.text.generate;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What transformers made with a tiny model, by the names of the script that asked it. */
final class GoldenTexts implements AutoCloseable {
  private static final Path MODELS = Path.of("src/test/resources/models");

  private final TensorStore store;

  GoldenTexts(String model, String file) {
    store = TensorStore.open(folder(model).resolve(file));
  }

  static Path folder(String model) {
    return MODELS.resolve(model);
  }

  HostTensor tensor(String name) {
    TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
    return HostTensor.of(info.dtype(), info.shape(), store.read(name));
  }

  int[] whole(String name) {
    return Arrays.stream(tensor(name).doubles()).mapToInt(d -> (int) d).toArray();
  }

  /** Rows of tokens as they are. */
  List<int[]> rows(String name) {
    int[] all = whole(name);
    int width = Math.toIntExact(tensor(name).shape().size(1));
    List<int[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += width) {
      rows.add(Arrays.copyOfRange(all, from, from + width));
    }
    return rows;
  }

  /** Rows of tokens without the padding of -1. */
  List<int[]> unpadded(String name) {
    return rows(name).stream()
        .map(row -> Arrays.stream(row).takeWhile(t -> t >= 0).toArray())
        .toList();
  }

  /** The inputs, each without its padding. */
  List<int[]> inputs() {
    int[] lengths = whole("lengths");
    List<int[]> rows = rows("inputs");
    List<int[]> inputs = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      inputs.add(Arrays.copyOf(rows.get(i), lengths[i]));
    }
    return inputs;
  }

  @Override
  public void close() {
    store.close();
  }
}
