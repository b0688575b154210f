package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.consistency.ConsistencyDraw;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Consistency distillation as a task of training: the base, pictures and adapter of a style's task
 * with another loss.
 */
final class ConsistencyTask implements TrainingTask {
  private final StyleTask task;
  private final DiffusionModel model;
  private final ConsistencyObjective objective;
  private final StyleSettings settings;
  private final CaptionInputs captions;
  private final SampleSource samples;
  private final Supplier<EncodedCaption> unconditional;
  private final int levels;

  /**
   * A task.
   *
   * @param task of the same base, plan, settings and pictures
   * @param unconditional the empty caption
   * @param levels of the validation, for each picture
   */
  ConsistencyTask(
      StyleTask task,
      DiffusionModel model,
      ConsistencyObjective objective,
      StyleSettings settings,
      CaptionInputs captions,
      SampleSource samples,
      Supplier<EncodedCaption> unconditional,
      int levels) {
    this.task = task;
    this.model = model;
    this.objective = objective;
    this.settings = settings;
    this.captions = captions;
    this.samples = samples;
    this.unconditional = unconditional;
    this.levels = levels;
  }

  @Override
  public Expr loss(Staging at) {
    return ConsistencyProgram.loss(at, model, objective, settings);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    List<List<TrainingSample>> batches = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      batches.add(samples.batch(first + b));
    }
    int places = batches.stream().mapToInt(List::size).sum();
    List<TrainingBatch> all = new ArrayList<>();
    int place = 0;
    for (int b = 0; b < count; b++) {
      List<ConsistencyDraw> draws = new ArrayList<>();
      for (int i = 0; i < batches.get(b).size(); i++) {
        long number = StyleTask.number(first + b, i);
        LatentSample sample = batches.get(b).get(i).latents();
        draws.add(objective.draw(settings.seed(), number, place++, places, sample));
      }
      all.add(new Pictures(batches.get(b), draws));
    }
    return all;
  }

  @Override
  public List<TrainingBatch> heldOut() {
    List<TrainingSample> pictures = samples.validation();
    List<TrainingBatch> all = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      TrainingSample sample = pictures.get(i);
      List<ConsistencyDraw> draws =
          objective.heldOut(StyleTask.VALIDATION_SEED, i, levels, sample.latents());
      all.add(new Pictures(draws.stream().map(draw -> sample).toList(), draws));
    }
    return all;
  }

  /** Pictures of a batch, and the draw of each. */
  private final class Pictures implements TrainingBatch {
    private final List<TrainingSample> batch;
    private final List<ConsistencyDraw> draws;

    Pictures(List<TrainingSample> batch, List<ConsistencyDraw> draws) {
      this.batch = batch;
      this.draws = draws;
    }

    @Override
    public List<Tensor> inputs(Scope scope) {
      List<Tensor> all = new ArrayList<>(captions.of(scope, batch));
      if (!model.xl()) {
        float[] context = unconditional.get().context();
        long width = model.denoiser().crossAttentionDim();
        all.add(Tensor.of(scope, Shape.of(1, context.length / width, width), context));
      }
      List<LatentSample> latents = batch.stream().map(TrainingSample::latents).toList();
      all.addAll(objective.inputs(scope, latents, draws));
      return all;
    }

    @Override
    public List<Double> progress() {
      double all = objective.schedule().size();
      return draws.stream().map(d -> (all - d.from().timestep()) / all).toList();
    }

    @Override
    public List<String> items() {
      return batch.stream().map(TrainingSample::file).map(Path::toString).toList();
    }
  }

  @Override
  public AdapterPlan plan() {
    return task.plan();
  }

  @Override
  public DType compute() {
    return task.compute();
  }

  @Override
  public ParameterGroups groups() {
    return task.groups();
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return task.weight(scope, site);
  }

  @Override
  public Optional<Tensor> unrounded(Scope scope, Site site) {
    return task.unrounded(scope, site);
  }

  @Override
  public Tensor bias(Site site) {
    return task.bias(site);
  }

  @Override
  public Tensor held(String name) {
    return task.held(name);
  }

  @Override
  public OptionalLong weightsMemory() {
    return task.weightsMemory();
  }

  @Override
  public boolean denoises() {
    return true;
  }

  @Override
  public String items() {
    return task.items();
  }

  @Override
  public Map<String, String> identity() {
    return task.identity();
  }

  @Override
  public Map<String, String> metadata(int steps) {
    return task.metadata(steps);
  }
}
