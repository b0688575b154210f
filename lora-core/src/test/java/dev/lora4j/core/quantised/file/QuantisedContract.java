package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Contract of the bytes of any file that may have quantised weights. */
final class QuantisedContract {
  private QuantisedContract() {}

  /**
   * Opens a file and computes numbers of each quantised weight.
   *
   * @param file is written over
   * @return the number of quantised weights; -1 if the file is refused
   * @throws AssertionError if the weights are not as they are told to be
   */
  static int check(byte[] bytes, Path file) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (TensorStore store = TensorStore.open(file)) {
      StoredTensors tensors = QuantisedTensors.of(store);
      int found = 0;
      for (String name : tensors.tensors().keySet()) {
        if (tensors.quantised(name).isPresent()) {
          decode(tensors, name, bytes.length);
          found++;
        }
      }
      return found;
    } catch (SafetensorsException | TensorException refusal) {
      if (String.valueOf(refusal.getMessage()).isBlank()) {
        throw new AssertionError("a refusal without a reason", refusal);
      }
      return -1;
    }
  }

  /** The first and the last row. */
  private static void decode(StoredTensors tensors, String name, int fileSize) {
    long all = tensors.tensors().get(name).shape().elements();
    if (all == 0) {
      return;
    }
    long row = tensors.row(name);
    // No number takes fewer than 4 bits.
    if (all > 2L * fileSize || row < 1 || all % row != 0) {
      throw new AssertionError(name + " has " + all + " numbers in rows of " + row);
    }
    float[] values = new float[Math.toIntExact(row)];
    tensors.decode(name, 0, values);
    tensors.decode(name, all - row, values);
  }
}
