package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.config.TrainerOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options of a run that trains a style adapter, and its course, wherever gradients are computed.
 */
public final class StyleTraining {
  private static final int MOST_WARNINGS = 8;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint in FILE.run; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

  @Mixin private final RateOptions rates = new RateOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  /**
   * Trains by the options.
   *
   * @param place where the gradients of a style are computed
   * @return 0
   * @throws Failure if the run makes a base, or rates are tried, which this process does alone
   */
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console, TrainingPlace place) {
    Optional<BaseRun> base = options.base();
    if (base.isPresent()) {
      place.requireHere("A base is made");
      new BaseTrainingRun(console, base.get(), json).run(options.model.where, overwrite);
      return 0;
    }
    long start = System.nanoTime();
    RunSettings settings = options.settings(console, place.stores());
    InputAdapters.require(settings.from(), settings.sharedA(), settings.out());
    InputAdapters.requireActive(settings);
    if (rates.asked(spec)) {
      place.requireHere("A rate is found");
      find(console, settings);
      return 0;
    }
    PreviousRun old = old(settings);
    if (!overwrite) {
      old.refuse(resume);
    }
    try (PreparedRun run = PreparedRun.of(console, settings, options.model, true)) {
      ResolvedRun.chosen(run.settings().values()).forEach(console::note);
      PlanReport report = new PlanReport(run);
      report.summary().forEach(console::note);
      List<String> warnings = report.warnings();
      warnings.stream().limit(MOST_WARNINGS).forEach(console::note);
      if (warnings.size() > MOST_WARNINGS) {
        console.note(
            "And " + (warnings.size() - MOST_WARNINGS) + " more of that kind; plan shows all.");
      }
      try (LockedFolder claim = LockedFolder.of(run.settings().folder())) {
        StyleRun style = new StyleRun(console, run, options.model.words(), RunIdentity.of(run));
        style.train(place.at(trainer(run), placed(run)), old, resume, overwrite);
        style.report(start, json);
      }
    }
    return 0;
  }

  /** Tries rates; what an earlier run left stays as it is. */
  @SuppressWarnings("try") // the claim is only held
  private void find(Console console, RunSettings settings) {
    RateFinding.require(settings.style().optimizer());
    try (PreparedRun run = PreparedRun.of(console, settings, options.model, true);
        LockedFolder claim = LockedFolder.of(settings.folder())) {
      StyleSettings style = run.style();
      RateFinding.Sought sought =
          new RateFinding.Sought(
              style.recipe(),
              run.plan(),
              style.training().rate(),
              true,
              settings.folder(),
              "No pictures are held out, so losses of training decide, which a few pictures make"
                  + " uncertain; --set validation.split=0.1 holds some out.");
      StyleTrainer trainer = trainer(run);
      new RateFinding(console, sought, rates.steps())
          .find(
              (course, listener) ->
                  trainer.search(course, rates.steps(), RunListener.NONE, listener),
              json);
    }
  }

  /** What a worker elsewhere makes the same trainer of; no type is left to be measured there. */
  private PlacedRun placed(PreparedRun run) {
    return new PlacedRun(
        ResolvedRun.toml(run.settings().values()),
        options.model.words(run.model().compute()),
        options.model.where.device.toString(),
        run.style().accumulate());
  }

  /**
   * The trainer of a run, for workers on a machine that sees the same files; other pictures or
   * another base are refused by {@link RunIdentity}. What the run writes is not looked at.
   *
   * @param stores copies of what the run has an address of
   * @param base opened by the run's words of the model
   */
  public static StyleTrainer trainer(
      Console console, PlacedRun placed, StoreFiles stores, StableDiffusion base) {
    SettingLayers layers = new SettingLayers(all -> TrainerOptions.NONE, stores);
    RunFile.read(placed.settings(), "the run's settings", layers);
    RunSettings run = RunSettings.of(layers.values());
    ModelOptions model = ModelOptions.of(placed.modelHere(stores));
    PreparedRun prepared = PreparedRun.on(console, run, model, new OpenModel(base, List.of()));
    return trainer(prepared).keeping(CheckpointPolicy.NOTHING.identity(RunIdentity.of(prepared)));
  }

  private static PreviousRun old(RunSettings settings) {
    return new PreviousRun(
        settings.out(),
        StyleRun.checkpoints(settings),
        "--set adapter.warm_start=" + settings.out());
  }

  private static StyleTrainer trainer(PreparedRun run) {
    StyleTrainer plain =
        StyleTrainer.on(run.model().sd())
            .settings(run.style())
            .name(run.settings().name())
            .metadata(metadata(run.settings()));
    StyleTrainer shown = run.draws() ? plain.batch(run.batch()) : plain.data(run.data());
    StyleTrainer trainer =
        run.active().map(active -> shown.training(active.adapter())).orElse(shown);
    return run.fewSteps()
        .map(trainer::fewSteps)
        .or(() -> run.settings().slider().map(trainer::slider))
        .or(() -> run.preservation().map(trainer::preserving))
        .orElse(trainer);
  }

  private static Map<String, String> metadata(RunSettings settings) {
    Map<String, String> metadata = new TreeMap<>(settings.values().about());
    if (!settings.values().triggers().isEmpty()) {
      String words = String.join(", ", settings.values().triggers());
      metadata.put(ModelSpecKeys.TRIGGER_PHRASE.name(), words);
    }
    settings.values().comment().ifPresent(c -> metadata.put(KohyaKeys.COMMENT.name(), c));
    return metadata;
  }
}
