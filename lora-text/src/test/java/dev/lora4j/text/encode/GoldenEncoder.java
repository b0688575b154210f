package dev.lora4j.text.encode;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.NewHead;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A tiny encoder with the texts that transformers read ({@code golden/encoder_models.py}). */
final class GoldenEncoder {
  static final Path RESOURCES = Path.of("src/test/resources");

  private final TextModel base;
  private final TextEncoding encoding;
  private final List<EncoderText> texts = new ArrayList<>();

  GoldenEncoder(Scope scope, String name) {
    this(TextModel.load(scope, model(name), DType.F32), scope, name);
  }

  GoldenEncoder(Scope scope, String name, NewHead head) {
    this(TextModel.load(scope, model(name), DType.F32, head), scope, name);
  }

  private GoldenEncoder(TextModel base, Scope scope, String name) {
    this.base = base;
    encoding = new TextEncoding(new EncoderPrograms(scope, base, (EncoderNetwork) base.network()));
    Path expected = model(name).resolve("expected.safetensors");
    double[] ids = numbers(expected, "ids");
    double[] types = numbers(expected, "types");
    double[] present = numbers(expected, "present");
    for (int row = 0; row < 3; row++) {
      int from = row * 9;
      int length = (int) Arrays.stream(present, from, from + 9).sum();
      texts.add(new EncoderText(cut(ids, from, length), cut(types, from, length), MixPlan.NONE));
    }
  }

  private static Path model(String name) {
    return RESOURCES.resolve("models").resolve(name);
  }

  private static int[] cut(double[] values, int from, int length) {
    return IntStream.range(from, from + length).map(i -> (int) values[i]).toArray();
  }

  static double[] numbers(Path file, String name) {
    try (TensorStore store = TensorStore.open(file)) {
      TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
      return HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles();
    }
  }

  TextModel base() {
    return base;
  }

  TextEncoding encoding() {
    return encoding;
  }

  List<EncoderText> texts() {
    return texts;
  }

  double[] expected(String name) {
    return numbers(
        model(base.path().getFileName().toString()).resolve("expected.safetensors"), name);
  }

  /** The largest difference of a row to a reference's row, by the largest of its numbers. */
  static double error(List<float[]> found, double[] expected) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    int each = expected.length / found.size();
    double worst = 0;
    for (int row = 0; row < found.size(); row++) {
      float[] mine = found.get(row);
      for (int i = 0; i < mine.length; i++) {
        worst = Math.max(worst, Math.abs(mine[i] - expected[row * each + i]));
      }
    }
    return worst / scale;
  }
}
