package dev.lora4j.text.encode;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.ClassifierHead;
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
  private final Path expected;
  private final TextEncoding encoding;
  private final List<EncoderText> texts = new ArrayList<>();

  GoldenEncoder(Scope scope, String name) {
    this(scope, model(name), expected(name));
  }

  GoldenEncoder(Scope scope, String name, ClassifierHead head) {
    this(TextModel.load(scope, model(name), DType.F32, head), scope, expected(name));
  }

  /** The encoder in a folder, with texts of another file. */
  GoldenEncoder(Scope scope, Path folder, Path expected) {
    this(TextModel.load(scope, folder, DType.F32), scope, expected);
  }

  private GoldenEncoder(TextModel base, Scope scope, Path expected) {
    this.base = base;
    this.expected = expected;
    encoding = new TextEncoding(new EncoderPrograms(scope, base, (EncoderNetwork) base.network()));
    double[] ids = numbers(expected, "ids");
    double[] types = numbers(expected, "types");
    double[] present = numbers(expected, "present");
    int longest = ids.length / 3;
    for (int row = 0; row < 3; row++) {
      int from = row * longest;
      int length = (int) Arrays.stream(present, from, from + longest).sum();
      texts.add(new EncoderText(cut(ids, from, length), cut(types, from, length), MixPlan.NONE));
    }
  }

  private static Path expected(String name) {
    return model(name).resolve("expected.safetensors");
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

  double[] reference(String name) {
    return numbers(expected, name);
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
