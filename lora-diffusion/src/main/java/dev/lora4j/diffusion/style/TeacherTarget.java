package dev.lora4j.diffusion.style;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.pipeline.RowPredictor;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The predictions of teachers: of each sample that of its own teacher, for the same noisy latents
 * at the same level, without guidance. Teachers of one batch predict in one run.
 */
final class TeacherTarget implements LossTarget {
  private final StableDiffusion base;
  private final List<Teacher> teachers;
  private final RowPredictor predictor;
  private final List<EncodedCaptions> captions = new ArrayList<>();

  /**
   * Teachers on a base.
   *
   * @param scope owner of what is stacked of their factors
   * @param settings those of captions count
   */
  TeacherTarget(
      Scope scope,
      StableDiffusion base,
      List<Teacher> teachers,
      StyleSettings settings,
      ContentCache cache) {
    this.base = base;
    this.teachers = List.copyOf(teachers);
    List<MixPlan> plans = teachers.stream().map(Teacher::plan).toList();
    predictor = base.rowPredictor(scope, plans);
    int skip = settings.clipSkip();
    int chunks = settings.captionChunks();
    for (int i = 0; i < teachers.size(); i++) {
      Teacher teacher = teachers.get(i);
      int plan = i;
      captions.add(
          new EncodedCaptions(
              base,
              cache,
              skip,
              chunks,
              List.of(teacher.adapter().identity(), Double.toString(teacher.weight())),
              caption -> predictor.encode(plan, List.of(caption), skip, chunks).get(0)));
    }
  }

  @Override
  public Expr stage(Graph graph, StagedObjective objective, DType type) {
    long any = Shape.UNKNOWN;
    Shape latents = Shape.of(any, base.base().denoiser().inChannels(), any, any);
    return graph.input("teacher", DType.F32, latents).to(type);
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    try (Scope work = scope.child("teachers")) {
      List<Integer> plans = samples.stream().map(s -> teacher(s.file())).toList();
      return List.of(predictor.predict(scope, plans, told(work, plans, samples, draws)));
    }
  }

  private Map<String, Tensor> told(
      Scope work, List<Integer> plans, List<TrainingSample> samples, List<SampleDraw> draws) {
    int rows = samples.size();
    List<EncodedCaption> texts =
        IntStream.range(0, rows).mapToObj(i -> caption(plans.get(i), samples.get(i))).toList();
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
    if (base.base().xl()) {
      Shape pooled = Shape.of(rows, texts.get(0).pooled().length);
      inputs.put("pooled", stacked(work, pooled, rows, i -> texts.get(i).pooled()));
      Shape sizes = Shape.of(rows, AddedConditioning.SIZES);
      inputs.put("sizes", stacked(work, sizes, rows, i -> samples.get(i).sizes().added()));
    }
    return inputs;
  }

  private EncodedCaption caption(int plan, TrainingSample sample) {
    String text = teachers.get(plan).caption(sample.caption());
    return captions.get(plan).of(text, sample.storableCaption());
  }

  /** The number of the teacher of a picture. */
  private int teacher(Path picture) {
    return IntStream.range(0, teachers.size())
        .filter(i -> teachers.get(i).has(picture))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("No teacher has the picture " + picture + "."));
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
