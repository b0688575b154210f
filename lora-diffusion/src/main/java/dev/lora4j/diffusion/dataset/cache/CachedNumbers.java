package dev.lora4j.diffusion.dataset.cache;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/**
 * Numbers in one safetensors file: the tensor {@code values} [n], and in the metadata the key that
 * they belong to and the SHA-256 of their bytes.
 */
final class CachedNumbers {
  private static final String NAME = "values";
  private static final String KEY = "key";
  private static final String HASH = "sha256";

  private CachedNumbers() {}

  /** The numbers as {@code type} keeps them. */
  static float[] rounded(DType type, float[] values) {
    return floats(packed(type, values));
  }

  /** Writes a file as a whole; see {@link SafetensorsWriter#write}. */
  static void write(Path file, String key, DType type, float[] values) {
    HostTensor tensor = packed(type, values);
    new SafetensorsWriter()
        .metadata(Map.of(KEY, key, HASH, hash(tensor.bytes())))
        .add(NAME, type, tensor.shape(), tensor.bytes())
        .write(file);
  }

  /** Reads the numbers of a file if it is there, whole, and written for this key. */
  static Optional<float[]> read(Path file, String key, DType type) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (Safetensors stored = Safetensors.open(file)) {
      if (!key.equals(stored.metadata().get(KEY)) || !stored.tensors().containsKey(NAME)) {
        return Optional.empty();
      }
      ByteBuffer bytes = stored.read(NAME);
      boolean intact =
          stored.tensors().get(NAME).dtype() == type
              && hash(bytes).equals(stored.metadata().get(HASH));
      Shape shape = stored.tensors().get(NAME).shape();
      return intact ? Optional.of(floats(HostTensor.of(type, shape, bytes))) : Optional.empty();
    } catch (SafetensorsException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static HostTensor packed(DType type, float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return HostTensor.of(type, Shape.of(values.length), doubles);
  }

  private static float[] floats(HostTensor tensor) {
    double[] doubles = tensor.doubles();
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  private static String hash(ByteBuffer bytes) {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes.duplicate());
    return Digests.hex(digest);
  }
}
