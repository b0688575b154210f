package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.preference.PairSettings;
import dev.lora4j.diffusion.preference.PicturePairs;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.train.objective.WeightSettings;
import dev.lora4j.spi.Extension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains an adapter that prefers what people or judges prefer. */
@Extension(
    point = Command.class,
    name = "align",
    help = "Train an adapter from pairs of pictures of one prompt, a better and a worse one.")
@picocli.CommandLine.Command(
    name = "align",
    sortOptions = false,
    description = {
      "Train an adapter from pairs of pictures of one prompt, a better and a worse one"
          + " (Diffusion-DPO).",
      "",
      "Both pictures of a pair get the same noise; the adapter is to denoise the better one better"
          + " than a reference does, by more than the worse one. The reference is the base, or the"
          + " adapter of --from as it is now. Before the first step a fresh adapter equals its"
          + " reference, so that the loss begins at 0.693 and half of the pairs count as right."
          + " Errors are small, so it computes in F32 unless --compute says another type."
          + " With --judge the base draws the pictures and judges make the pairs, which FILE.run"
          + " keeps with their scores. The same command with --resume goes on where it was stopped."
    })
public final class AlignCommand implements Command {
  /** Name of the header's entry about the pairs. */
  static final String ENTRY = "lora4j_preference";

  private static final int MOST_WARNINGS = 8;
  private static final int DIGITS = 16;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PAIRS",
      description =
          "A folder with pictures of the same names in better and worse, captioned in better as"
              + " train takes them, or a .jsonl file of lines {\"prompt\", \"better\", \"worse\"}.")
  private Optional<Path> given = Optional.empty();

  @Mixin private final JudgeOptions judging = new JudgeOptions();

  @Mixin private final AlignOptions options = new AlignOptions();

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint in FILE.run; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public Map<String, List<String>> sections() {
    Map<String, List<String>> own = new LinkedHashMap<>();
    own.put("Pairs", JudgeOptions.NAMES);
    own.put("Preference", List.of("loss", "beta", "from"));
    return own;
  }

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long start = System.nanoTime();
    require();
    options.model.memory.refuse("align holds all weights");
    PairObjective objective = options.objective();
    exact(console);
    BaseOutline outline = options.model.outline();
    RunSettings settings = options.settings(console);
    OutputFile.require(settings.out(), ".safetensors");
    InputAdapters.require(settings.from(), Optional.empty(), settings.out());
    PairSettings how =
        new PairSettings(
            Bucketing.around(outline.side(), outline.sizeUnit()),
            settings.values().get(RunKeys.BATCH),
            settings.style().seed(),
            options.heldOut(),
            options.dropout());
    List<String> prompts = judging.judges() ? judging.drawn(settings.style().seed()) : List.of();
    new PairJudge(judging.kinds()).require(prompts);
    Optional<PicturePairs> known =
        given.map(file -> PicturePairs.survey(file, how).usable(outline.sizeUnit()));
    PreviousRun old =
        new PreviousRun(settings.out(), StyleRun.checkpoints(settings), "--from " + settings.out());
    if (!overwrite) {
      old.refuse(resume);
    }
    Optional<FurtherTraining> further = FurtherTraining.of(settings, outline.family());
    try (OpenModel model = OpenModel.of(console, options.model);
        LockedFolder claim = LockedFolder.of(settings.folder())) {
      StyleTrainer trainer = StyleTrainer.on(model.sd());
      StyleSettings style = style(console, model, settings, further);
      AdapterPlan plan = style.recipe().plan(model.sd().base().sites().all());
      style.requireFits(plan);
      style.objective().requireFits(model.sd().base().schedule());
      PicturePairs pairs =
          known.orElseGet(() -> judged(console, model, settings, further, prompts, how));
      PreparedRun run =
          new PreparedRun(settings, style, pairs.better(), plan, model, Optional.empty());
      summary(console, run, pairs, objective);
      StyleRun training =
          new StyleRun(console, run, options.model.words(), identity(run, pairs, objective));
      trainer =
          trainer
              .settings(style)
              .pairs(pairs, objective)
              .name(settings.name())
              .metadata(Map.of(ENTRY, entry(objective, further)));
      training.train(trainer, old, resume, overwrite);
      training.report(start, json);
    }
    return 0;
  }

  private void require() {
    if (given.isPresent() == judging.judges()) {
      throw new ParameterException(
          spec.commandLine(),
          "Give pairs, a folder or a .jsonl file, or let --judge make some"
              + (given.isPresent() ? ", not both." : "."));
    }
    if (given.isPresent()) {
      UnusedOptions.refuseWithout(spec, JudgeOptions.REFINING, "--judge, which makes pairs");
      ExistingPath.any(given.get());
    }
    judging.perPrompt();
  }

  /** Computes in F32 where nothing else is said; notes what a smaller type costs. */
  private void exact(Console console) {
    if (options.model.compute == ModelOptions.Compute.auto) {
      options.model.compute = ModelOptions.Compute.f32;
    } else if (options.model.compute != ModelOptions.Compute.f32) {
      console.note(
          "In "
              + options.model.compute.name()
              + " a prediction is rounded by more than the errors of pairs differ by at first, and"
              + " little is learned; --compute f32 is exact enough.");
    }
  }

  /** Settings with the adapter that is trained further, and equal weights of all timesteps. */
  private static StyleSettings style(
      Console console, OpenModel model, RunSettings settings, Optional<FurtherTraining> further) {
    StyleSettings plain = settings.style();
    StyleSettings style = plain.with(plain.objective().with(WeightSettings.EQUAL));
    if (further.isEmpty()) {
      return style;
    }
    UsageBaseModel used = UsageBaseModel.of(model.sd().base());
    return style.with(
        further
            .get()
            .of(console, used, style.recipe(), r -> r.plan(model.sd().base().sites().all())));
  }

  private PicturePairs judged(
      Console console,
      OpenModel model,
      RunSettings settings,
      Optional<FurtherTraining> further,
      List<String> prompts,
      PairSettings how) {
    Optional<Adapter> drawing = further.map(FurtherTraining::adapter);
    Path list =
        new JudgedPairs(console, model.sd(), drawing, judging, prompts, settings.style().seed())
            .in(settings.folder());
    return PicturePairs.survey(list, how).usable(model.sd().base().sizeUnit());
  }

  private void summary(
      Console console, PreparedRun run, PicturePairs pairs, PairObjective objective) {
    List<String> warnings = pairs.better().warnings().stream().map(String::valueOf).toList();
    warnings.stream().limit(MOST_WARNINGS).forEach(console::note);
    if (warnings.size() > MOST_WARNINGS) {
      console.note("And " + (warnings.size() - MOST_WARNINGS) + " more of that kind.");
    }
    console.note(
        String.format(
            Locale.ROOT,
            "%d pairs; %d held out.",
            pairs.better().training().size(),
            pairs.better().validation().size()));
    console.note(
        options
            .from()
            .map(file -> "The reference is the base with " + file + " as it is now.")
            .orElse("The reference is the base, as training begins with a fresh adapter."));
    console.note(
        String.format(
            Locale.ROOT,
            "%s, beta %s, on %d layers, %,d numbers; %d steps of %d pairs.",
            objective.loss().name().toLowerCase(Locale.ROOT),
            Double.toString(objective.beta()).replaceFirst("\\.0$", ""),
            run.plan().sites().size(),
            run.plan().elements(),
            run.style().steps(),
            run.batch()));
  }

  private static Map<String, String> identity(
      PreparedRun run, PicturePairs pairs, PairObjective objective) {
    Map<String, String> identity = new TreeMap<>(RunIdentity.of(run));
    String worse =
        pairs.worse().items().stream().map(DataItem::sha256).collect(Collectors.joining("\n"));
    identity.put(
        "worse pictures", Digests.hex(worse.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS));
    identity.put("loss and beta", objective.canonical());
    return identity;
  }

  private String entry(PairObjective objective, Optional<FurtherTraining> further) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("loss", objective.loss().name().toLowerCase(Locale.ROOT));
    entry.put("beta", objective.beta());
    entry.put("reference", further.map(f -> f.adapter().identity()).orElse("base"));
    if (judging.judges()) {
      entry.put("judges", judging.kinds().stream().map(Enum::name).toList());
      entry.put("per_prompt", judging.perPrompt());
    }
    return JudgedPairs.line(entry);
  }
}
