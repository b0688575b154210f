package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.text.EncodedText;
import dev.lora4j.diffusion.text.EncoderTokens;
import dev.lora4j.diffusion.text.EncoderView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Captions in a training program: encoded before it, or by text encoders within it that are
 * trained.
 *
 * @param context [batch, tokens, width], in the type to compute in
 * @param pooled [batch, width] if the denoiser is told it
 */
record StagedCaptions(Expr context, Optional<Expr> pooled) {
  private static final long ANY = Shape.UNKNOWN;

  /** Declares {@code context} and {@code pooled} as inputs. */
  static StagedCaptions encoded(Graph graph, DiffusionModel model) {
    DType compute = model.compute();
    Shape words = Shape.of(ANY, ANY, model.denoiser().contextWidth());
    Expr context = graph.input("context", DType.F32, words).to(compute);
    Optional<Expr> pooled = Optional.empty();
    if (model.xl()) {
      int last = model.textEncoders().size() - 1;
      long width = model.textEncoders().get(last).network().pooledWidth();
      pooled = Optional.of(graph.input("pooled", DType.F32, Shape.of(ANY, width)).to(compute));
    }
    return new StagedCaptions(context, pooled);
  }

  /** Declares the tokens of each encoder as inputs, and stages the encoders. */
  static StagedCaptions trained(
      Graph graph, DiffusionModel model, LayerAdapters adapters, int clipSkip) {
    DType compute = model.compute();
    EncoderView view = model.view(clipSkip);
    List<Expr> contexts = new ArrayList<>();
    Optional<Expr> pooled = Optional.empty();
    for (TextEncoder encoder : model.textEncoders()) {
      String name = encoder.model();
      Expr ids = graph.input(name + "_ids", DType.I64, Shape.of(ANY, ANY));
      FrozenWeights frozen = new FrozenWeights(compute, StyleProgram.prefix(name));
      Weights weights = Weights.of(graph, name, frozen, adapters);
      Optional<Expr> end =
          encoder.network().pooledWidth() > 0 && model.xl()
              ? Optional.of(graph.input(name + "_end", DType.I64, Shape.of(ANY)))
              : Optional.empty();
      EncoderTokens tokens = new EncoderTokens(ids, end, Optional.empty());
      EncodedText seen = encoder.network().stage(weights, tokens, compute, view);
      contexts.add(seen.hidden());
      if (end.isPresent()) {
        pooled = seen.pooled();
      }
    }
    Expr context = contexts.get(0);
    for (Expr next : contexts.subList(1, contexts.size())) {
      context = context.cat(-1, next);
    }
    return new StagedCaptions(context, pooled);
  }
}
