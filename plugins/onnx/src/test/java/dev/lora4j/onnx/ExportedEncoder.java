package dev.lora4j.onnx;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderPrograms;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.TextEncoding;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An encoder of a folder, with three texts and numbers of a reference. */
final class ExportedEncoder {
  private final Path expected;
  private final TextEncoding encoding;
  private final List<EncoderText> texts = new ArrayList<>();

  ExportedEncoder(Scope scope, Path folder, Path expected) {
    this.expected = expected;
    TextModel base = TextModel.load(scope, folder, DType.F32);
    encoding = new TextEncoding(new EncoderPrograms(scope, base, (EncoderNetwork) base.network()));
    double[] ids = numbers("ids");
    double[] types = numbers("types");
    double[] present = numbers("present");
    int longest = ids.length / 3;
    for (int row = 0; row < 3; row++) {
      int from = row * longest;
      int length = (int) Arrays.stream(present, from, from + longest).sum();
      texts.add(new EncoderText(cut(ids, from, length), cut(types, from, length), MixPlan.NONE));
    }
  }

  private static int[] cut(double[] values, int from, int length) {
    return IntStream.range(from, from + length).map(i -> (int) values[i]).toArray();
  }

  private double[] numbers(String name) {
    try (TensorStore store = TensorStore.open(expected)) {
      TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
      return HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles();
    }
  }

  /**
   * The largest difference from the reference's numbers of this name, by the largest of these.
   *
   * @param first number of the first text that the reference has
   */
  double error(EncoderOutput output, String name, int first) {
    List<float[]> found = encoding.of(output, texts.subList(first, texts.size()));
    double[] reference = numbers(name);
    double scale = Arrays.stream(reference).map(Math::abs).max().orElse(0);
    int each = reference.length / found.size();
    double worst = 0;
    for (int row = 0; row < found.size(); row++) {
      float[] mine = found.get(row);
      for (int i = 0; i < mine.length; i++) {
        worst = Math.max(worst, Math.abs(mine[i] - reference[row * each + i]));
      }
    }
    return worst / scale;
  }
}
