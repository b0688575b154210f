package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Distance from the predictions of teachers: of each sample that of its own teacher, for the same
 * noisy latents at the same level. Teachers of one batch predict in one run.
 */
final class TeacherLoss implements PredictionLoss {
  private final List<Teacher> teachers;
  private final AdapterPredictions predictions;

  /**
   * Teachers on a base.
   *
   * @param scope owner of what is stacked of their factors
   * @param settings those of captions count
   */
  TeacherLoss(
      Scope scope,
      StableDiffusion base,
      List<Teacher> teachers,
      StyleSettings settings,
      ContentCache cache) {
    this.teachers = List.copyOf(teachers);
    predictions =
        new AdapterPredictions(
            scope, base, teachers.stream().map(Teacher::plan).toList(), settings, cache);
  }

  @Override
  public Expr stage(Staging at, StagedObjective objective, StepDenoiser predicted) {
    Expr compared = AdapterPredictions.declare(at, objective, "teacher");
    return objective.loss(predicted.apply(at.adapters()), compared);
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    List<Integer> plans = samples.stream().map(s -> teacher(s.file())).toList();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      texts.add(teachers.get(plans.get(i)).caption(samples.get(i).caption()));
    }
    return List.of(predictions.of(scope, plans, texts, samples, draws));
  }

  /** The number of the teacher of a picture. */
  private int teacher(Path picture) {
    return IntStream.range(0, teachers.size())
        .filter(i -> teachers.get(i).has(picture))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("No teacher has the picture " + picture + "."));
  }
}
