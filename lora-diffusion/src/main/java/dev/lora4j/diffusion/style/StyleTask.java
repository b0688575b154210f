package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
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
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/** A style as a task of training: a base model, pictures, and how a batch of them is drawn. */
final class StyleTask implements TrainingTask {
  /** Number of samples that no batch reaches, so that no two samples of a run have one number. */
  private static final long NUMBERS_OF_A_BATCH = 1 << 16;

  /** Seed that separates the noise of validation from that of training, whatever its seed. */
  static final long VALIDATION_SEED = 0x76616c6964L;

  private final DiffusionModel model;
  private final StyleSettings settings;
  private final CaptionInputs captions;
  private final SampleSource samples;
  private final PredictionLoss loss;
  private final AdapterPlan plan;
  private final Objective objective;
  private final Validation validation;
  private final IntFunction<Map<String, String>> metadata;
  private final int timesteps;
  private final TrainedDenoiser base;
  private final Map<String, String> identity;

  /**
   * @param loss of the predictions
   * @param timesteps of the validation, for each picture
   * @param metadata for the adapter as it is after so many steps
   */
  StyleTask(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      CaptionInputs captions,
      SampleSource samples,
      PredictionLoss loss,
      int timesteps,
      IntFunction<Map<String, String>> metadata) {
    this(
        model,
        plan,
        settings,
        captions,
        samples,
        loss,
        timesteps,
        metadata,
        TrainedDenoiser.alone(model),
        Map.of());
  }

  private StyleTask(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      CaptionInputs captions,
      SampleSource samples,
      PredictionLoss loss,
      int timesteps,
      IntFunction<Map<String, String>> metadata,
      TrainedDenoiser base,
      Map<String, String> identity) {
    this.identity = Map.copyOf(identity);
    this.model = model;
    this.plan = plan;
    this.settings = settings;
    this.captions = captions;
    this.samples = samples;
    this.loss = loss;
    this.metadata = metadata;
    this.timesteps = timesteps;
    this.base = base;
    objective = new Objective(model.schedule(), settings.objective());
    validation = new Validation(objective, VALIDATION_SEED, timesteps);
  }

  /** The same task on a base that may have an adapter. */
  StyleTask on(TrainedDenoiser other) {
    return new StyleTask(
        model, plan, settings, captions, samples, loss, timesteps, metadata, other, identity);
  }

  /** The same task with an {@link #identity}. */
  StyleTask identified(Map<String, String> other) {
    return new StyleTask(
        model, plan, settings, captions, samples, loss, timesteps, metadata, base, other);
  }

  @Override
  public Map<String, String> identity() {
    return identity;
  }

  @Override
  public AdapterPlan plan() {
    return plan;
  }

  @Override
  public DType compute() {
    return model.compute();
  }

  @Override
  public ParameterGroups groups() {
    return StyleProgram.groups(plan, settings);
  }

  @Override
  public Expr loss(Staging at) {
    boolean validates = at.purpose() == Staging.Purpose.VALIDATION;
    return StyleProgram.loss(
        at,
        base,
        model,
        validates ? validation.objective() : objective,
        settings,
        loss,
        samples.references());
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    String name = parameter(site, "weight");
    return merged(site, name).orElseGet(() -> own(site).numbers(scope, name));
  }

  @Override
  public Optional<Tensor> unrounded(Scope scope, Site site) {
    return own(site).unrounded(scope, parameter(site, "weight"));
  }

  @Override
  public Tensor bias(Site site) {
    String name = parameter(site, "bias");
    return merged(site, name).orElseGet(() -> own(site).tensor(name));
  }

  /** A parameter of the denoiser with the adapter, if it changes that. */
  private Optional<Tensor> merged(Site site, String name) {
    boolean ofDenoiser = site.name().startsWith(model.denoiser().component() + ".");
    return ofDenoiser ? base.held(name) : Optional.empty();
  }

  private static String parameter(Site site, String name) {
    return site.name().substring(site.name().indexOf('.') + 1) + "." + name;
  }

  /** The weights of the network that has a layer. */
  private WeightStore own(Site site) {
    for (TextEncoder encoder : model.textEncoders()) {
      if (site.name().startsWith(encoder.model() + ".")) {
        return encoder.weights();
      }
    }
    return model.denoiserWeights();
  }

  @Override
  public Tensor held(String name) {
    return base.held(name).orElseGet(() -> StyleProgram.held(model, name));
  }

  @Override
  public OptionalLong weightsMemory() {
    return model.weightsMemory();
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    List<List<TrainingSample>> batches = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      batches.add(samples.batch(first + b));
    }
    List<List<SampleDraw>> draws = draws(first, batches);
    List<TrainingBatch> all = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      List<SampleSource.Seen> seen = new ArrayList<>();
      for (int i = 0; i < batches.get(b).size(); i++) {
        seen.add(samples.seen(objective, batches.get(b).get(i), draws.get(b).get(i)));
      }
      all.add(
          new Pictures(
              objective,
              captions,
              loss,
              seen.stream().map(SampleSource.Seen::sample).toList(),
              seen.stream().map(SampleSource.Seen::draw).toList()));
    }
    return all;
  }

  /** Draws of the samples of all batches of one step; parts of a batch are drawn alike. */
  List<List<SampleDraw>> draws(long firstBatch, List<List<TrainingSample>> batches) {
    int places = batches.stream().mapToInt(List::size).sum() / samples.parts();
    List<List<SampleDraw>> all = new ArrayList<>();
    int place = 0;
    for (int b = 0; b < batches.size(); b++) {
      List<SampleDraw> draws = new ArrayList<>();
      for (int i = 0; i < batches.get(b).size() / samples.parts(); i++) {
        long number = number(firstBatch + b, i);
        LatentSample sample = batches.get(b).get(i).latents();
        draws.add(objective.draw(settings.seed(), number, place++, places, sample));
      }
      all.add(repeated(draws, samples.parts()));
    }
    return all;
  }

  private static <T> List<T> repeated(List<T> all, int times) {
    return Collections.nCopies(times, all).stream().flatMap(List::stream).toList();
  }

  /** Number of a sample in the run. */
  static long number(long batch, int place) {
    return batch * NUMBERS_OF_A_BATCH + place;
  }

  /**
   * Batches of the validation: for each picture, or each picture of the first part with its like of
   * the others, one batch that shows it at all timesteps.
   */
  @Override
  public List<TrainingBatch> heldOut() {
    List<TrainingSample> pictures = samples.validation();
    int count = pictures.size() / samples.parts();
    List<TrainingBatch> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<SampleDraw> draws = validation.draws(i, pictures.get(i).latents());
      List<TrainingSample> same = new ArrayList<>();
      for (int part = 0; part < samples.parts(); part++) {
        same.addAll(Collections.nCopies(draws.size(), pictures.get(part * count + i)));
      }
      List<SampleDraw> alike = repeated(draws, samples.parts());
      all.add(new Pictures(validation.objective(), captions, loss, same, alike));
    }
    return all;
  }

  @Override
  public boolean denoises() {
    return true;
  }

  @Override
  public String items() {
    return "pictures";
  }

  @Override
  public Map<String, String> metadata(int steps) {
    return metadata.apply(steps);
  }

  /** Pictures of a batch, and the draw of each. */
  private record Pictures(
      Objective objective,
      CaptionInputs captions,
      PredictionLoss loss,
      List<TrainingSample> samples,
      List<SampleDraw> draws)
      implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      List<Tensor> all = new ArrayList<>(captions.of(scope, samples));
      all.addAll(references(scope));
      List<LatentSample> latents = samples.stream().map(TrainingSample::latents).toList();
      all.addAll(objective.batch(scope, latents, draws));
      all.addAll(loss.inputs(scope, samples, draws));
      return all;
    }

    /** Latents of the reference pictures, [samples, channels, h, w] for each number of them. */
    private List<Tensor> references(Scope scope) {
      List<Tensor> all = new ArrayList<>();
      for (int i = 0; i < samples.get(0).references().size(); i++) {
        int number = i;
        List<LatentSample> rows =
            samples.stream().map(sample -> sample.references().get(number)).toList();
        Shape one = rows.get(0).shape();
        int length = Math.toIntExact(one.elements());
        float[] values = new float[rows.size() * length];
        for (int row = 0; row < rows.size(); row++) {
          System.arraycopy(rows.get(row).latents(), 0, values, row * length, length);
        }
        Shape whole = Shape.of(rows.size(), one.size(0), one.size(1), one.size(2));
        all.add(Tensor.of(scope, whole, values));
      }
      return all;
    }

    @Override
    public List<Double> progress() {
      double all = objective.schedule().size();
      return draws.stream().map(d -> (all - d.level().timestep()) / all).toList();
    }

    @Override
    public List<String> items() {
      return samples.stream().map(TrainingSample::file).map(Path::toString).toList();
    }
  }
}
