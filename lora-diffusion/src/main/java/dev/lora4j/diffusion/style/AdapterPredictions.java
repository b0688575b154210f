package dev.lora4j.diffusion.style;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.pipeline.RowPredictor;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Predictions of a base with adapters that do not change, for the noisy latents of samples, without
 * guidance. Rows of one batch may have different adapters. Valid while the scope is open that it
 * was made with.
 */
final class AdapterPredictions {
  private final StableDiffusion base;
  private final RowPredictor predictor;
  private final List<EncodedCaptions> captions = new ArrayList<>();

  /**
   * Predictions on a base.
   *
   * @param scope owner of what is stacked of the factors
   * @param plans the adapters of a row, each with one part
   * @param settings those of captions count
   */
  AdapterPredictions(
      Scope scope,
      StableDiffusion base,
      List<MixPlan> plans,
      StyleSettings settings,
      ContentCache cache) {
    this.base = base;
    predictor = base.rowPredictor(scope, plans);
    int skip = settings.clipSkip();
    int chunks = settings.captionChunks();
    for (int i = 0; i < plans.size(); i++) {
      int plan = i;
      captions.add(
          new EncodedCaptions(
              base,
              cache,
              skip,
              chunks,
              plans.get(i).parts().stream()
                  .flatMap(
                      p -> Stream.of(p.adapter().identity(), Double.toString(p.weight().value())))
                  .toList(),
              caption -> predictor.encode(plan, List.of(caption), skip, chunks).get(0)));
    }
  }

  /** Declares the predictions as an input of a program, [batch, channels, h, w]. */
  static Expr declare(Staging at, StagedObjective objective, String name) {
    return at.graph().input(name, DType.F32, objective.noisy().shape()).to(at.type());
  }

  /**
   * Predicts.
   *
   * @param plans for each sample the number of its plan
   * @param texts for each sample the caption that the plan's text encoders see
   * @return F32 of the shape of the latents, owned by {@code scope}
   */
  Tensor of(
      Scope scope,
      List<Integer> plans,
      List<String> texts,
      List<TrainingSample> samples,
      List<SampleDraw> draws) {
    try (Scope work = scope.child("predictions")) {
      return predictor.predict(scope, plans, told(work, plans, texts, samples, draws));
    }
  }

  private Map<String, Tensor> told(
      Scope work,
      List<Integer> plans,
      List<String> captioned,
      List<TrainingSample> samples,
      List<SampleDraw> draws) {
    int rows = samples.size();
    List<EncodedCaption> texts =
        IntStream.range(0, rows)
            .mapToObj(
                i ->
                    captions
                        .get(plans.get(i))
                        .of(captioned.get(i), samples.get(i).storableCaption()))
            .toList();
    Map<String, Tensor> inputs = new HashMap<>();
    Shape one = samples.get(0).latents().shape();
    Shape latents = Shape.of(rows, one.size(0), one.size(1), one.size(2));
    inputs.put("x", stacked(work, latents, rows, i -> noisy(samples.get(i), draws.get(i))));
    inputs.put(
        "timesteps",
        stacked(
            work,
            Shape.of(rows),
            rows,
            i -> new float[] {(float) draws.get(i).level().timestep()}));
    long width = base.base().denoiser().crossAttentionDim();
    long words = texts.get(0).context().length / width;
    Shape context = Shape.of(rows, words, width);
    inputs.put("context", stacked(work, context, rows, i -> texts.get(i).context()));
    if (base.base().pools()) {
      Shape pooled = Shape.of(rows, texts.get(0).pooled().length);
      inputs.put("pooled", stacked(work, pooled, rows, i -> texts.get(i).pooled()));
    }
    if (base.base().xl()) {
      Shape sizes = Shape.of(rows, AddedConditioning.SIZES);
      inputs.put("sizes", stacked(work, sizes, rows, i -> samples.get(i).sizes().added()));
    }
    return inputs;
  }

  /** The denoiser's input, as {@link dev.lora4j.diffusion.train.NoisyLatents} makes it. */
  private static float[] noisy(TrainingSample sample, SampleDraw draw) {
    NoiseLevel level = draw.level();
    float signal = (float) level.signal();
    float share = (float) level.noise();
    float[] clean = sample.latents().latents();
    float[] noisy = new float[clean.length];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = signal * clean[i] + share * draw.inputNoise()[i];
    }
    return noisy;
  }

  private static Tensor stacked(Scope work, Shape shape, int rows, Function<Integer, float[]> row) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int each = all.length / rows;
    for (int i = 0; i < rows; i++) {
      System.arraycopy(row.apply(i), 0, all, i * each, each);
    }
    return Tensor.of(work, shape, all);
  }
}
