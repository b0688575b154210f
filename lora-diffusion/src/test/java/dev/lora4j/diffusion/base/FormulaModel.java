package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights that are a formula of their name and the index of each number, so that both sides of a
 * comparison can have a model of any size without a file between them; {@code formula.py} among the
 * goldens is the same in Python. Matrices and kernels keep the scale of what goes through.
 */
public final class FormulaModel {
  private static final int CHUNK = 1 << 20;

  private FormulaModel() {}

  /** Writes the denoiser's weights into a model folder that has its configuration. */
  public static void writeUnet(Path folder) {
    Path file = folder.resolve("unet/diffusion_pytorch_model.safetensors");
    write(
        file,
        StagedNetworks.denoiser(DiffusersConfigs.denoiser(folder), DType.F32, AdapterInputs.NONE));
  }

  /** Writes the weights of a text encoder into a model folder that has its configuration. */
  public static void writeText(Path folder, String part) {
    Path file = folder.resolve(part).resolve("model.safetensors");
    write(
        file,
        StagedNetworks.text(
            DiffusersConfigs.text(folder, part), HiddenLayer.LAST, DType.F32, AdapterInputs.NONE));
  }

  /** Writes the autoencoder's weights into a model folder that has its configuration. */
  public static void writeVae(Path folder) {
    Path file = folder.resolve("vae/diffusion_pytorch_model.safetensors");
    write(
        file,
        StagedNetworks.encoder(DiffusersConfigs.vae(folder), DType.F32),
        StagedNetworks.decoder(DiffusersConfigs.vae(folder), DType.F32));
  }

  /** The numbers of a tensor called {@code name}, in [-1, 1). */
  public static float[] numbers(String name, int count) {
    float[] values = new float[count];
    long seed = seed(name);
    for (int i = 0; i < count; i++) {
      values[i] = number(seed, i);
    }
    return values;
  }

  /** An input called {@code name}, with numbers in [-scale, scale). */
  public static Tensor input(Scope scope, String name, float scale, long... sizes) {
    return tensor(scope, Shape.of(sizes), new Law(seed(name), scale, 0));
  }

  /** A weight of a model. */
  static Tensor weight(Scope scope, Parameter weight) {
    return tensor(scope, weight.shape(), Law.of(weight));
  }

  /** The layers of a model folder's denoiser. */
  public static List<Site> sites(Path folder) {
    List<Site> sites = new ArrayList<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              sites.add(site);
              return y;
            };
    Network.walk(
        "unet",
        DType.F32,
        StagedNetworks.denoiser(DiffusersConfigs.denoiser(folder), DType.F32, recorder));
    return sites;
  }

  private static void write(Path file, Network.Staging... stagings) {
    Map<String, Parameter> all = new LinkedHashMap<>();
    for (Network.Staging staging : stagings) {
      Network.parameters(DType.F32, staging).forEach(p -> all.put(p.name(), p));
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    all.values().forEach(p -> writer.add(p.name(), DType.F32, p.shape(), out -> numbers(p, out)));
    writer.write(file);
  }

  private static void numbers(Parameter weight, WritableByteChannel out) throws IOException {
    long count = weight.shape().elements();
    Law law = Law.of(weight);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < count; i++) {
      chunk.putFloat(law.number(i));
      if (!chunk.hasRemaining() || i + 1 == count) {
        chunk.flip();
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
        chunk.clear();
      }
    }
  }

  private static Tensor tensor(Scope scope, Shape shape, Law law) {
    int count = Math.toIntExact(shape.elements());
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(law.number(i));
    }
    return Tensor.of(scope, DType.F32, shape, bytes.flip());
  }

  /** Numbers in [middle - scale, middle + scale). */
  private record Law(long seed, float scale, float middle) {
    static Law of(Parameter weight) {
      boolean scales = weight.shape().rank() == 1 && weight.name().endsWith(".weight");
      return new Law(FormulaModel.seed(weight.name()), FormulaModel.scale(weight), scales ? 1 : 0);
    }

    float number(long index) {
      return middle + scale * FormulaModel.number(seed, index);
    }
  }

  private static float scale(Parameter weight) {
    if (weight.shape().rank() == 1) {
      return weight.name().endsWith(".weight") ? 0.2f : 0.1f;
    }
    if (weight.name().contains("embedding.weight")) {
      return 0.5f;
    }
    // Uniform numbers in [-b, b] have variance b^2 / 3.
    return (float) Math.sqrt(3.0 * weight.shape().size(0) / weight.shape().elements());
  }

  /** A number in [-1, 1) with 24 bits: the mixing of SplitMix64 (Steele, Lea, Flood 2014). */
  private static float number(long seed, long index) {
    long z = seed + index * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z = z ^ (z >>> 31);
    return (z >>> 40) * 0x1p-23f - 1;
  }

  /** FNV-1a of 64 bits. */
  private static long seed(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b) * 0x100000001B3L;
    }
    return hash;
  }
}
