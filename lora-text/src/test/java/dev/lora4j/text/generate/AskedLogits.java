package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderPrograms;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.TextEncoding;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/**
 * Three sequences of up to seven tokens that Python is asked about ({@code golden/auto_models.py}).
 * Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}.
 */
final class AskedLogits {
  static final int ROWS = 3;
  static final int TOKENS = 7;
  static final Shape SHAPE = Shape.of(ROWS, TOKENS);

  private AskedLogits() {}

  static long[] ids() {
    return filled(i -> 2 + i * 7 % 27);
  }

  /** Of rows that each are one shorter. */
  static long[] present() {
    return filled(i -> i % TOKENS < TOKENS - i / TOKENS ? 1 : 0);
  }

  static long[] filled(IntToLongFunction each) {
    long[] numbers = new long[ROWS * TOKENS];
    Arrays.setAll(numbers, each);
    return numbers;
  }

  /** What a classifier makes of them. */
  static HostTensor of(TextClassifier model, MixPlan mix) {
    TextEncoding encoding =
        new TextEncoding(new EncoderPrograms(model.scope(), model.base(), model.network()));
    int[] ids = Arrays.stream(ids()).mapToInt(Math::toIntExact).toArray();
    List<EncoderText> texts = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int from = row * TOKENS;
      texts.add(EncoderText.of(Arrays.copyOfRange(ids, from, from + TOKENS - row)).with(mix));
    }
    int labels = model.labels().size();
    double[] logits = new double[ROWS * labels];
    List<float[]> rows = encoding.of(EncoderOutput.LABELS, texts);
    Arrays.setAll(logits, i -> rows.get(i / labels)[i % labels]);
    return HostTensor.of(DType.F32, Shape.of(ROWS, labels), logits);
  }

  /**
   * Compares logits with those of Python.
   *
   * @param auto the class that loads what is in the folder
   * @param present which tokens are no padding
   * @param pairs whether a decoder is given the same ids
   * @param classes that a head tells apart
   */
  static void assertSame(
      String auto,
      Path folder,
      long[] present,
      boolean pairs,
      HostTensor logits,
      List<String> classes)
      throws IOException, InterruptedException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata(Map.of("classes", String.join("\n", classes)))
            .add("ids", DType.I64, SHAPE, bytes(ids()))
            .add("present", DType.I64, SHAPE, bytes(present))
            .add("logits", DType.F32, logits.shape(), logits.bytes());
    if (pairs) {
      writer.add("targets", DType.I64, SHAPE, bytes(ids()));
    }
    Path asked = Files.createTempFile("asked", ".safetensors");
    writer.write(asked);
    Process python =
        new ProcessBuilder(
                System.getProperty("lora4j.python", "python3"),
                "src/test/golden/auto_models.py",
                auto,
                folder.toString(),
                asked.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor());
    Files.delete(asked);
    assertTrue(Double.parseDouble(said.strip()) <= 1e-5, said);
  }

  private static byte[] bytes(long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(numbers);
    return bytes.array();
  }
}
