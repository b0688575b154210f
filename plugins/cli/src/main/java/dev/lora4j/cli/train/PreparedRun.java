package dev.lora4j.cli.train;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.dataset.Batches;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.style.FewStepLesson;
import dev.lora4j.diffusion.style.PreservationLesson;
import dev.lora4j.diffusion.style.SliderLesson;
import dev.lora4j.diffusion.style.StreamedWeights;
import dev.lora4j.diffusion.style.StyleCost;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A run of which all is known that can be known before it begins.
 *
 * @param style with the steps that the data makes of epochs
 * @param plan the layers that are trained
 * @param active adapter that is active and not trained
 */
record PreparedRun(
    RunSettings settings,
    StyleSettings style,
    DataSet data,
    AdapterPlan plan,
    OpenModel model,
    Optional<ActiveAdapter> active)
    implements AutoCloseable {
  /** The layout with a form for the most methods. */
  private static final String PEFT = "peft";

  /** Surveys the pictures, opens the base, and finds the layers. */
  static PreparedRun of(Console console, RunSettings settings, ModelOptions base, boolean strict) {
    requireOutput(settings);
    return of(console, settings, base.outline(), strict, () -> OpenModel.of(console, base));
  }

  /** The same on a base that is open, for a machine that writes nothing. */
  static PreparedRun on(Console console, RunSettings settings, ModelOptions base, OpenModel open) {
    return of(console, settings, base.outline(), true, () -> open);
  }

  private static void requireOutput(RunSettings settings) {
    AdapterWriter layout = AdapterWriters.named(settings.layout());
    if (layout.folder() && ReplacedFolder.adapter(settings.out())) {
      OutputFile.around(settings.out());
    } else if (layout.folder()) {
      OutputFile.freshFolder(settings.out());
    } else {
      OutputFile.require(settings.out(), layout.ending());
    }
    InputAdapters.require(settings.from(), settings.sharedA(), settings.out());
    InputAdapters.requireActive(settings);
  }

  private static PreparedRun of(
      Console console,
      RunSettings settings,
      BaseOutline outline,
      boolean strict,
      Supplier<OpenModel> opening) {
    Family family = outline.family();
    Optional<FurtherTraining> further = FurtherTraining.of(settings, family);
    Optional<SharedDown> shared = SharedDown.of(settings, family);
    Optional<ActiveAdapter> active = ActiveAdapter.of(settings, family);
    AdapterRecipe alone = settings.style().recipe();
    AdapterRecipe asked = shared.map(s -> s.of(alone)).orElse(alone);
    // Refuses layers that the base lacks.
    further.map(f -> asked.from(f.adapter())).orElse(asked).plan(family.sites().all());
    DataSet data =
        DataSet.survey(
            settings.groups(outline.side(), outline.sizeUnit()),
            DataSet.Depth.PIXELS,
            new UnpackProgress(console));
    if (strict || data.training().isEmpty()) {
      data.usable();
    }
    requireNoClass(settings, data);
    // Refuses captions without a trigger.
    Optional<ClassPreservation> kept = settings.preservation(data);
    OpenModel model = opening.get();
    try {
      StyleTrainer.requireTrainable(model.sd());
      Collection<Site> sites = model.sd().base().sites().all();
      StyleSettings style = data.training().isEmpty() ? settings.style() : settings.style(data);
      if (shared.isPresent()) {
        shared.get().tell(console, UsageBaseModel.of(model.sd().base()));
        style = style.with(asked);
      }
      active.ifPresent(a -> a.tell(console, UsageBaseModel.of(model.sd().base())));
      style = TextLayers.of(console, model.sd(), style);
      if (further.isPresent()) {
        UsageBaseModel used = UsageBaseModel.of(model.sd().base());
        style = style.with(further.get().of(console, used, style.recipe(), r -> r.plan(sites)));
      }
      AdapterPlan named = style.recipe().plan(sites);
      AdapterPlan plan = style.reached(model.sd().base(), named);
      tellUnreached(console, named, plan);
      style.requireFits(plan);
      StreamedWeights.require(model.sd().base(), style, plan);
      if (settings.fewSteps(model.sd().base()).isPresent()) {
        FewStepLesson.require(model.sd().base(), settings.fewSteps(model.sd().base()).get());
        FewStepLesson.require(plan);
      } else {
        style.objective().requireFits(model.sd().base().schedule());
      }
      if (settings.slider().isPresent()) {
        SliderLesson.require(model.sd().base());
        SliderLesson.require(plan);
      }
      if (kept.isPresent()) {
        PreservationLesson.require(plan);
      }
      requireForm(settings.layout(), plan, model.sd().family());
      return new PreparedRun(settings, style, data, plan, model, active);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Refuses pictures of a class for a slider, which has no loss for them. */
  private static void requireNoClass(RunSettings settings, DataSet data) {
    if (settings.slider().isPresent()) {
      data.items().stream()
          .filter(DataItem::regularisation)
          .findFirst()
          .ifPresent(
              item -> {
                throw new Failure(
                    item.file()
                        + " is a picture of the class (is_reg), of which a slider learns nothing;"
                        + " take its folder out of the data set.");
              });
    }
  }

  /** Refuses a layout without a form for what is trained; another that has one is told. */
  private static void requireForm(String layout, AdapterPlan plan, Family family) {
    try {
      plan.requireForm(AdapterWriters.named(layout), family);
    } catch (AdapterException e) {
      boolean other = !layout.equals(PEFT) && fits(PEFT, plan, family);
      String advice = other ? " Say --set layout=" + PEFT + ", whose output is a folder." : "";
      throw new Failure(e.getMessage() + advice, e);
    }
  }

  private static boolean fits(String layout, AdapterPlan plan, Family family) {
    try {
      plan.requireForm(AdapterWriters.named(layout), family);
      return true;
    } catch (AdapterException e) {
      return false;
    }
  }

  private static void tellUnreached(Console console, AdapterPlan named, AdapterPlan reached) {
    List<String> left =
        named.sites().keySet().stream()
            .filter(site -> !reached.sites().containsKey(site))
            .map(Site::name)
            .toList();
    if (!left.isEmpty()) {
      console.note(
          left.size()
              + " layers, for example "
              + left.get(0)
              + ", are not trained: what the base (or clip_skip) takes of its text encoders comes"
              + " from layers before them.");
    }
  }

  /** Settings of consistency distillation, if an adapter for few steps is trained. */
  Optional<ConsistencySettings> fewSteps() {
    return settings.fewSteps(model.sd().base());
  }

  /** Preservation of the base without the trigger, if there is one. */
  Optional<ClassPreservation> preservation() {
    return settings.preservation(data);
  }

  /** True if there are no pictures, and the base draws what is learned on. */
  boolean draws() {
    return settings.slider().isPresent() && data.items().isEmpty();
  }

  /** Pictures of a batch; the most where groups of folders differ. */
  int batch() {
    return data.training().stream().mapToInt(DataItem::batch).max().orElse(settings.batch());
  }

  /** Cost of a step on latents of this size. */
  StepCost stepCost(int height, int width) {
    DiffusionModel base = model.sd().base();
    int beside = data.references();
    if (beside > 0) {
      return preservation()
          .map(how -> StyleCost.of(base, plan, style, how, beside, batch(), height, width))
          .orElseGet(() -> StyleCost.of(base, plan, style, beside, batch(), height, width));
    }
    return fewSteps()
        .map(how -> StyleCost.of(base, plan, style, how, batch(), height, width))
        .or(
            () ->
                settings
                    .slider()
                    .map(how -> StyleCost.of(base, plan, style, how, batch(), height, width)))
        .or(
            () ->
                preservation()
                    .map(how -> StyleCost.of(base, plan, style, how, batch(), height, width)))
        .orElseGet(() -> StyleCost.of(base, plan, style, batch(), height, width));
  }

  /** Intervals of checkpoints, validations and adapters. */
  RunSettings.Saving saving() {
    return settings.saving(data);
  }

  /** Pictures that are made on the way. */
  RunSettings.Previews previews() {
    return settings.previews(data);
  }

  /** Batches in an epoch. */
  int batchesPerEpoch() {
    return Batches.of(data.training(), style.seed()).perEpoch();
  }

  /** The type that the network computes in. */
  DType compute() {
    return model.sd().base().compute();
  }

  @Override
  public void close() {
    model.close();
  }
}
