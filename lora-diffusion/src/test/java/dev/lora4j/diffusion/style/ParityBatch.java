package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.train.objective.InjectedDraw;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The formulas of a batch in {@code training.py}: one or two samples, 8 x 8 or 8 x 12. */
record ParityBatch(int number) {
  /** How many the goldens were trained with. */
  static final int COUNT = 20;

  private static final int TOKENS = 77;
  private static final int WIDTH = 24;
  private static final int XL_WIDTH = 40;
  private static final int POOLED = 20;

  /** The token that texts end with, of both tokenisers of tiny-xl. */
  private static final long END = 591;

  /** What {@link StyleProgram} declares: the captions, then the objective's inputs. */
  List<Tensor> inputs(Scope scope, DiffusionModel model, Objective objective, boolean text) {
    int samples = 2 - number % 2;
    List<Tensor> inputs = new ArrayList<>(captions(scope, model, samples, text));
    Shape shape = Shape.of(4, 8, number / 2 % 2 == 0 ? 8 : 12);
    int length = (int) shape.elements();
    float[] latents = scaled("latents", samples * length);
    float[] noise = scaled("noise", samples * length);
    List<LatentSample> clean = new ArrayList<>();
    List<SampleDraw> draws = new ArrayList<>();
    for (int row = 0; row < samples; row++) {
      int from = row * length;
      int t = (37 + 331 * (number + 3 * row)) % 1000;
      LatentSample sample =
          LatentSample.of(shape, Arrays.copyOfRange(latents, from, from + length));
      clean.add(sample);
      float[] own = Arrays.copyOfRange(noise, from, from + length);
      draws.add(InjectedDraw.of(objective, sample, t, own));
    }
    inputs.addAll(objective.batch(scope, clean, draws));
    return inputs;
  }

  /**
   * The same for pairs on tiny-sd, as {@code picture_pairs.py} has them: its samples are the better
   * ones, and the worse ones stand behind them with the same noise and timesteps.
   */
  List<Tensor> pairs(Scope scope, Objective objective) {
    int pairs = 2 - number % 2;
    Shape shape = Shape.of(4, 8, number / 2 % 2 == 0 ? 8 : 12);
    int length = (int) shape.elements();
    float[] noise = scaled("noise", pairs * length);
    float[] context = scaled("context", pairs * TOKENS * WIDTH);
    float[] twice = Arrays.copyOf(context, 2 * context.length);
    System.arraycopy(context, 0, twice, context.length, context.length);
    List<LatentSample> clean = new ArrayList<>();
    List<SampleDraw> draws = new ArrayList<>();
    for (String part : List.of("latents", "worse")) {
      float[] latents = scaled(part, pairs * length);
      for (int row = 0; row < pairs; row++) {
        int from = row * length;
        int t = (37 + 331 * (number + 3 * row)) % 1000;
        LatentSample sample =
            LatentSample.of(shape, Arrays.copyOfRange(latents, from, from + length));
        clean.add(sample);
        float[] own = Arrays.copyOfRange(noise, from, from + length);
        draws.add(InjectedDraw.of(objective, sample, t, own));
      }
    }
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(Tensor.of(scope, Shape.of(2L * pairs, TOKENS, WIDTH), twice));
    inputs.addAll(objective.batch(scope, clean, draws));
    return inputs;
  }

  /** Captions, and what a Stable Diffusion XL is told besides. */
  List<Tensor> captions(Scope scope, DiffusionModel model, int samples, boolean text) {
    if (!model.xl()) {
      return List.of(text ? ids(scope, samples) : context(scope, samples, WIDTH));
    }
    List<Tensor> captions = new ArrayList<>();
    if (text) {
      Tensor ids = ended(scope, samples);
      captions.addAll(List.of(ids, ids, ends(scope, samples)));
    } else {
      captions.add(context(scope, samples, XL_WIDTH));
      captions.add(Tensor.of(scope, Shape.of(samples, POOLED), scaled("pooled", samples * POOLED)));
    }
    float[] sizes = new float[samples * AddedConditioning.SIZES];
    for (int row = 0; row < samples; row++) {
      float[] own = {64 + 8 * row, 96, 8, 16 * row, 64, 64};
      System.arraycopy(own, 0, sizes, row * AddedConditioning.SIZES, AddedConditioning.SIZES);
    }
    captions.add(Tensor.of(scope, Shape.of(samples, AddedConditioning.SIZES), sizes));
    return captions;
  }

  private Tensor context(Scope scope, int samples, int width) {
    return Tensor.of(
        scope, Shape.of(samples, TOKENS, width), scaled("context", samples * TOKENS * width));
  }

  private Tensor ended(Scope scope, int samples) {
    long[] ids = ids(samples);
    for (int row = 0; row < samples; row++) {
      ids[row * TOKENS + end(row)] = END;
    }
    return Tensor.ofLongs(scope, Shape.of(samples, TOKENS), ids);
  }

  private static Tensor ends(Scope scope, int samples) {
    long[] ends = new long[samples];
    for (int row = 0; row < samples; row++) {
      ends[row] = end(row);
    }
    return Tensor.ofLongs(scope, Shape.of(samples), ends);
  }

  private static int end(int row) {
    return 5 + 7 * row;
  }

  private Tensor ids(Scope scope, int samples) {
    return Tensor.ofLongs(scope, Shape.of(samples, TOKENS), ids(samples));
  }

  private long[] ids(int samples) {
    float[] numbers = FormulaModel.numbers("ids." + number, samples * TOKENS);
    long[] ids = new long[numbers.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (long) ((numbers[i] + 1.0) * 256);
    }
    return ids;
  }

  /** Numbers of this batch in [-2, 2). */
  float[] scaled(String what, int count) {
    float[] values = FormulaModel.numbers(what + "." + number, count);
    for (int i = 0; i < count; i++) {
      values[i] *= 2;
    }
    return values;
  }
}
