package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Features that an encoder reads in place of tokens, such as the spectrum of a recording. */
public interface EncoderFeatures {
  /** Name for messages, such as that of a file. */
  String name();

  /** Text that changes with the features; by it a run knows its data again. */
  String digest();

  /** The numbers of {@link EncoderInput}, one input's, row by row; not to be changed. */
  float[] values();

  /**
   * Inputs of an encoder by name, in the order in which networks declare them.
   *
   * @param all at least one
   * @throws IllegalArgumentException if one has another size than the encoder reads
   */
  static Map<String, Tensor> inputs(
      Scope scope, List<? extends EncoderFeatures> all, EncoderInput input) {
    FloatBuffer numbers = FloatBuffer.allocate(Math.multiplyExact(all.size(), input.elements()));
    for (EncoderFeatures one : all) {
      float[] values = one.values();
      if (values.length != input.elements()) {
        throw new IllegalArgumentException(
            "%s has %d numbers, but the model reads %d."
                .formatted(one.name(), values.length, input.elements()));
      }
      numbers.put(values);
    }
    long[] present = new long[all.size() * input.places()];
    Arrays.fill(present, 1);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(OutputLoss.INPUT, Tensor.of(scope, input.rows(all.size()), numbers.array()));
    inputs.put(
        EncodedInputs.PRESENT,
        Tensor.ofLongs(scope, Shape.of(all.size(), input.places()), present));
    return inputs;
  }
}
