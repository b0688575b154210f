package dev.lora4j.emoji;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.Network;
import dev.lora4j.diffusion.base.NetworkWeights;
import dev.lora4j.diffusion.base.Networks;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All pictures through the trained autoencoder.
 *
 * @param rows unscaled latents, one row per picture
 * @param scale what brings them to deviation 1
 * @param decibels how like the pictures are to what comes back (peak signal-to-noise ratio)
 */
record Latents(List<float[]> rows, double scale, double decibels) {
  private static final int AT_ONCE = 32;

  static Latents of(Engine engine, Path vaeWeights, List<Picture> pictures) {
    try (Scope scope = engine.scope("latents")) {
      Network.Staging encoding = Networks.encoder(Recipe.vae(1), DType.F32);
      Network.Staging decoding = Networks.decoder(Recipe.vae(1), DType.F32);
      Map<String, Parameter> wanted = new LinkedHashMap<>();
      for (Network.Staging staging : List.of(encoding, decoding)) {
        Network.parameters(DType.F32, staging).forEach(p -> wanted.put(p.name(), p));
      }
      WeightStore weights =
          NetworkWeights.load(scope, vaeWeights, DType.F32, List.copyOf(wanted.values()));
      Network encoder = Network.compile(scope, "vae", DType.F32, encoding);
      Network decoder = Network.compile(scope, "vae", DType.F32, decoding);
      List<float[]> rows = new ArrayList<>();
      double squares = 0;
      double error = 0;
      for (int from = 0; from < pictures.size(); from += AT_ONCE) {
        List<Picture> some = pictures.subList(from, Math.min(pictures.size(), from + AT_ONCE));
        try (Scope one = scope.child("batch")) {
          float[] x = values(some);
          Shape shape = Shape.of(some.size(), 3, Recipe.SIDE, Recipe.SIDE);
          Map<String, Tensor> picture = Map.of("x", Tensor.of(one, shape, x));
          Tensor z = encoder.run(one, weights, picture).get(0);
          float[] latents = z.floats();
          float[] y = decoder.run(one, weights, Map.of("z", z)).get(0).floats();
          int width = latents.length / some.size();
          for (int i = 0; i < some.size(); i++) {
            rows.add(Arrays.copyOfRange(latents, i * width, (i + 1) * width));
          }
          squares += squares(latents) / width;
          error += difference(x, y) * some.size() / x.length;
        }
      }
      double deviation = Math.sqrt(squares / pictures.size());
      double decibels = -10 * Math.log10(error / pictures.size());
      return new Latents(rows, Math.round(1e5 / deviation) / 1e5, decibels);
    }
  }

  private static float[] values(List<Picture> pictures) {
    float[] values = new float[pictures.size() * 3 * Recipe.SIDE * Recipe.SIDE];
    int at = 0;
    for (Picture picture : pictures) {
      for (byte level : picture.rgb()) {
        values[at++] = (level & 0xff) / 127.5f - 1;
      }
    }
    return values;
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return sum;
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
}
