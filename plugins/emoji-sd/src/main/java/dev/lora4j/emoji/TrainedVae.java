package dev.lora4j.emoji;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The autoencoder as it was written, computing in F32. */
final class TrainedVae implements AutoCloseable {
  private static final int AT_ONCE = 32;

  private final Scope scope;
  private final WeightStore weights;
  private final Network encoder;
  private final Network decoder;

  private TrainedVae(Scope scope, VaeConfig config, Path file) {
    this.scope = scope;
    Network.Staging encoding = StagedNetworks.encoder(new Vae(config), DType.F32);
    Network.Staging decoding = StagedNetworks.decoder(new Vae(config), DType.F32);
    Map<String, Parameter> wanted = new LinkedHashMap<>();
    for (Network.Staging staging : List.of(encoding, decoding)) {
      Network.parameters(DType.F32, staging).forEach(p -> wanted.put(p.name(), p));
    }
    weights = NetworkWeights.load(scope, file, DType.F32, List.copyOf(wanted.values()));
    encoder = Network.compile(scope, "vae", DType.F32, encoding);
    decoder = Network.compile(scope, "vae", DType.F32, decoding);
  }

  /** Reads the weights of a file. */
  static TrainedVae open(Engine engine, VaeConfig config, Path file) {
    Scope scope = engine.scope("trained autoencoder");
    try {
      return new TrainedVae(scope, config, file);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Unscaled latents, one row for each picture. */
  List<float[]> latents(List<Picture> pictures) {
    List<float[]> rows = new ArrayList<>();
    for (List<Picture> some : batches(pictures)) {
      try (Scope one = scope.child("batch")) {
        float[] latents = encoder.run(one, weights, input(one, some)).get(0).floats();
        int width = latents.length / some.size();
        for (int i = 0; i < some.size(); i++) {
          rows.add(Arrays.copyOfRange(latents, i * width, (i + 1) * width));
        }
      }
    }
    return rows;
  }

  /** Peak signal-to-noise ratio of the reconstruction of all pictures together, in dB. */
  double decibels(List<Picture> pictures) {
    double error = 0;
    for (List<Picture> some : batches(pictures)) {
      try (Scope one = scope.child("batch")) {
        Map<String, Tensor> input = input(one, some);
        Tensor z = encoder.run(one, weights, input).get(0);
        float[] y = decoder.run(one, weights, Map.of("z", z)).get(0).floats();
        error += difference(values(some), y) * some.size() / y.length;
      }
    }
    return -10 * Math.log10(error / pictures.size());
  }

  /** Factor that brings latents to a deviation of 1. */
  static double scale(List<float[]> latents) {
    double squares = 0;
    long count = 0;
    for (float[] row : latents) {
      count += row.length;
      for (float v : row) {
        squares += (double) v * v;
      }
    }
    return Math.round(1e5 / Math.sqrt(squares / count)) / 1e5;
  }

  private static List<List<Picture>> batches(List<Picture> pictures) {
    List<List<Picture>> batches = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += AT_ONCE) {
      batches.add(pictures.subList(from, Math.min(pictures.size(), from + AT_ONCE)));
    }
    return batches;
  }

  private static Map<String, Tensor> input(Scope scope, List<Picture> pictures) {
    Picture first = pictures.get(0);
    Shape shape = Shape.of(pictures.size(), 3, first.height(), first.width());
    return Map.of("x", Tensor.of(scope, shape, values(pictures)));
  }

  private static float[] values(List<Picture> pictures) {
    float[] values = new float[pictures.size() * pictures.get(0).rgb().length];
    int at = 0;
    for (Picture picture : pictures) {
      for (byte level : picture.rgb()) {
        values[at++] = (level & 0xff) / 127.5f - 1;
      }
    }
    return values;
  }

  /** Squared error of values in [-1, 1], counted on a range of 1. */
  private static double difference(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double d = (Math.max(-1, Math.min(1, y[i])) - x[i]) / 2;
      sum += d * d;
    }
    return sum;
  }

  @Override
  public void close() {
    scope.close();
  }
}
