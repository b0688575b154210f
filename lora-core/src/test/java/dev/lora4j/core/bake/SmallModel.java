package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A random model of a few layers, and random adapters for it. */
final class SmallModel {
  static final String LINEAR = "layers.0.to_q";
  private static final String CONV = "layers.0.conv";
  private static final String NORM = "layers.1.norm";
  private static final Map<String, Shape> SHAPES =
      Map.of(
          LINEAR + ".weight",
          Shape.of(8, 6),
          LINEAR + ".bias",
          Shape.of(8),
          CONV + ".weight",
          Shape.of(5, 4, 3, 3),
          CONV + ".bias",
          Shape.of(5),
          NORM + ".weight",
          Shape.of(6),
          NORM + ".bias",
          Shape.of(6),
          "layers.1.to_k.weight",
          Shape.of(7, 7));

  private final Random random;
  private final DType stored;
  private final Scope scope;
  private final Map<String, HostTensor> tensors = new TreeMap<>();

  SmallModel(long seed, Scope scope, DType stored) {
    this.random = new Random(seed);
    this.scope = scope;
    this.stored = stored;
    new TreeMap<>(SHAPES).forEach((name, shape) -> tensors.put(name, tensor(shape, stored)));
  }

  /** Binary digits of a fraction, with the one that is not stored. */
  static int digits(DType type) {
    return switch (type) {
      case F16 -> 11;
      case BF16 -> 8;
      default -> 24;
    };
  }

  private HostTensor tensor(Shape shape, DType type) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    try (Scope work = scope.child("random")) {
      return HostTensor.of(HostTensor.of(shape, values).on(work, type));
    }
  }

  HostTensor tensor(String name) {
    return tensors.get(name);
  }

  private static void add(SafetensorsWriter writer, String name, HostTensor tensor) {
    writer.add(name, tensor.dtype(), tensor.shape(), tensor.bytes());
  }

  /** One file, with a tensor that belongs to no layer. */
  Path write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("a", "1", "format", "pt"));
    tensors.forEach((name, tensor) -> add(writer, name, tensor));
    add(writer, "alphas_cumprod", HostTensor.of(Shape.of(3), 1, 2, 3));
    writer.write(file);
    return file;
  }

  /**
   * A folder of diffusers with a denoiser of two shards, of which the second has the convolution.
   */
  Path folder(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("unet"));
    Files.createDirectories(folder.resolve("vae"));
    Files.writeString(folder.resolve("model_index.json"), "{}");
    Files.writeString(folder.resolve("unet/config.json"), "{}");
    write(folder.resolve("vae/diffusion_pytorch_model.safetensors"));
    write(folder.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
    List<String> places = new ArrayList<>();
    for (int shard = 1; shard <= 2; shard++) {
      String file = "diffusion_pytorch_model-0000" + shard + "-of-00002.safetensors";
      SafetensorsWriter writer = new SafetensorsWriter();
      for (String name : tensors.keySet()) {
        if (name.startsWith(CONV) == (shard == 2)) {
          add(writer, name, tensor(name));
          places.add('"' + name + "\":\"" + file + '"');
        }
      }
      writer.write(folder.resolve("unet").resolve(file));
    }
    Files.writeString(
        folder.resolve("unet/diffusion_pytorch_model.safetensors.index.json"),
        "{\"metadata\":{},\"weight_map\":{" + String.join(",", places) + "}}");
    return folder;
  }

  /** Factors for the linear layer, the convolution and the norm, and for both kinds of biases. */
  Adapter lora(String name, int rank) {
    Map<String, List<Factors>> all = new HashMap<>();
    Site linear = Site.linear(LINEAR, Shape.of(8, 6), true);
    all.put(
        LINEAR,
        Methods.read(
            pair(linear, Shape.of(rank, 6), Shape.of(8, rank))
                .add("diff_b", "diff_b", tensor(Shape.of(8), DType.F32))));
    all.putAll(convolution("", rank));
    Site norm = Site.norm(NORM, 6);
    all.put(
        NORM,
        Methods.read(
            new SiteTensors(norm)
                .add("w_norm", "w_norm", tensor(Shape.of(6), DType.F32))
                .add("b_norm", "b_norm", tensor(Shape.of(6), DType.F32))));
    return new Adapter(name, all, Map.of());
  }

  /** Factors for one layer: of the denoiser of {@link #folder}, or for one that is nowhere. */
  Adapter lora(String prefix, String name, int rank) {
    if (prefix.equals("unet.")) {
      return new Adapter(name, convolution(prefix, rank), Map.of());
    }
    Site lost = Site.linear(prefix + "lost", Shape.of(8, 6), false);
    List<Factors> factors = Methods.read(pair(lost, Shape.of(rank, 6), Shape.of(8, rank)));
    return new Adapter(name, Map.of(lost.name(), factors), Map.of());
  }

  private Map<String, List<Factors>> convolution(String prefix, int rank) {
    Site conv = Site.convolution(prefix + CONV, Shape.of(5, 4, 3, 3), 1, 1);
    SiteTensors pair = pair(conv, Shape.of(rank, 4, 3, 3), Shape.of(5, rank, 1, 1));
    return Map.of(conv.name(), Methods.read(pair));
  }

  private SiteTensors pair(Site site, Shape down, Shape up) {
    return new SiteTensors(site)
        .add("lora_down.weight", "down", tensor(down, DType.F32))
        .add("lora_up.weight", "up", tensor(up, DType.F16))
        .add("alpha", "alpha", HostTensor.of(Shape.of(), 1.5f));
  }

  /** (IA)3 that multiplies the outputs of the linear layer with 1 + {@code more}. */
  Adapter scaling(String name, float more) {
    float[] values = new float[8];
    java.util.Arrays.fill(values, more);
    SiteTensors tensors =
        new SiteTensors(Site.linear(LINEAR, Shape.of(8, 6), true))
            .add("weight", "weight", HostTensor.of(Shape.of(8), values))
            .add("on_input", "on_input", HostTensor.of(Shape.of(), 0));
    return new Adapter(name, Map.of(LINEAR, Methods.read(tensors)), Map.of());
  }

  /** What an adapter of {@link #lora} adds to a tensor, by the definition; empty if nothing. */
  double[] change(String tensor, Adapter adapter) {
    boolean bias = tensor.endsWith(".bias");
    String site = tensor.replaceFirst("\\.(weight|bias)$", "");
    for (Factors factors : adapter.at(site)) {
      if (factors.method().equals("lora") && !bias) {
        return product(factors, SHAPES.get(tensor));
      }
      if (factors.method().equals(bias ? "bias" : "diff")) {
        return factors.tensor(bias ? "diff_b" : "diff").doubles();
      }
    }
    return new double[0];
  }

  private static double[] product(Factors factors, Shape weight) {
    double[] down = factors.tensor("lora_down.weight").doubles();
    double[] up = factors.tensor("lora_up.weight").doubles();
    int out = (int) weight.size(0);
    int rank = up.length / out;
    int rest = down.length / rank;
    double scale = Double.parseDouble(factors.settings().get("alpha")) / rank;
    double[] change = new double[out * rest];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < rest; i++) {
        for (int k = 0; k < rank; k++) {
          change[o * rest + i] += scale * up[o * rank + k] * down[k * rest + i];
        }
      }
    }
    return change;
  }

  /** The tensor with adapters, not rounded; empty if none changes it. */
  double[] exact(String tensor, Map<Adapter, Double> weights) {
    HostTensor base = tensors.get(tensor);
    double[] sum = base == null ? new double[0] : base.doubles();
    boolean changed = false;
    for (Map.Entry<Adapter, Double> each : weights.entrySet()) {
      double[] change = change(tensor, each.getKey());
      changed |= change.length > 0;
      for (int i = 0; i < change.length; i++) {
        sum[i] += each.getValue() * change[i];
      }
    }
    return changed ? sum : new double[0];
  }

  @Override
  public String toString() {
    return "base in " + stored;
  }
}
