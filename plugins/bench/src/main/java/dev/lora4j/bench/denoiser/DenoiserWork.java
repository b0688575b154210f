package dev.lora4j.bench.denoiser;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The arithmetic of a step, counted by staging the network at the sizes of a setting. A
 * multiplication with its addition is two operations.
 *
 * @param base of the network alone: layers, convolutions and attention
 * @param adapters of factors of one rank beside some layers
 */
record DenoiserWork(double base, double adapters) {
  private static final String QUERY = ".to_q";

  static DenoiserWork of(
      LoadedDenoiser denoiser, StepSetting setting, Collection<Site> adapted, int rank) {
    Set<String> names = adapted.stream().map(Site::name).collect(Collectors.toSet());
    double[] sums = new double[2];
    Graph graph = new Graph();
    int side = setting.side();
    Shape latents = Shape.of(setting.batch(), denoiser.network().inChannels(), side, side);
    Shape words =
        Shape.of(setting.batch(), StepSetting.WORDS, denoiser.network().crossAttentionDim());
    Expr x = graph.input("x", DType.F32, latents);
    Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(setting.batch()));
    Expr context = graph.input("context", DType.F32, words);
    SiteAdapters counting =
        (site, in, out) -> {
          if (site.kind() == Site.Kind.LINEAR || site.convolution()) {
            double outputs = out.shape().elements();
            sums[0] += 2 * outputs * site.rest();
            sums[0] += site.name().endsWith(QUERY) ? attention(site, out.shape()) : 0;
            sums[1] +=
                names.contains(site.name())
                    ? 2 * rank * (outputs + outputs / site.out() * site.rest())
                    : 0;
          }
          return out;
        };
    Weights at = Weights.of(graph, "unet", new FrozenWeights(DType.F32, ""), counting);
    DenoiserInputs inputs = DenoiserInputs.of(x, timesteps, TextConditioning.of(context));
    denoiser.network().stage(at, inputs, false);
    return new DenoiserWork(sums[0], sums[1]);
  }

  /** Products of queries with keys, and of what comes out with values. */
  private static double attention(Site site, Shape queries) {
    double places = queries.size(1);
    double seen = site.name().contains(".attn1.") ? places : StepSetting.WORDS;
    return 4 * queries.elements() * seen;
  }
}
