package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.adapter.WeightedFile;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraSoupTraining;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StudentStart;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.Teacher;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains one adapter to do what several do. */
@Extension(
    point = Command.class,
    name = "distill",
    help = "Train one adapter to predict what several adapters predict, each by its own word.")
@picocli.CommandLine.Command(
    name = "distill",
    sortOptions = false,
    description = {
      "Train one adapter to predict what several adapters predict, each by its own word.",
      "",
      "Each adapter is a teacher. It draws pictures of the same prompts, unless you give pictures"
          + " of its style. The new adapter, the student, is trained on all of them: for each"
          + " picture its teacher's prediction is the target, on the base without other adapters."
          + " Styles of one prompt conflict, so give each teacher a word with --trigger; the word"
          + " before a prompt then calls its style. Pictures of teachers are kept in FILE.run and"
          + " made once. The same command with --resume goes on where it was stopped."
    })
public final class DistillCommand implements Command {
  /** Numbers that are trained. */
  enum Learn {
    factors,
    weights
  }

  /** Numbers that the student's predictions are compared with. */
  enum Target {
    predictions,
    pictures
  }

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final TeacherFiles files = new TeacherFiles();

  @Option(
      names = "--images",
      paramLabel = "NAME=DIR",
      description =
          "Captioned pictures for the teacher NAME, which is its file's name without the ending,"
              + " instead of those that it would draw.")
  private Map<String, Path> images = new LinkedHashMap<>();

  @Option(
      names = "--trigger",
      paramLabel = "NAME=WORDS",
      description =
          "Words that call the teacher NAME in the new adapter, put before its captions (default:"
              + " those in its header, if there are any).")
  private Map<String, String> triggers = new LinkedHashMap<>();

  @Option(
      names = "--trigger-last",
      description =
          "Put the words behind captions, as the bundled base has names of styles: 'a fox, ink'.")
  private boolean last;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Text file with a prompt in each line, for the pictures that teachers draw (default: what"
              + " the bundled base can draw; with --base, the captions that headers record).")
  private Optional<Path> prompts = Optional.empty();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Pictures that each teacher draws (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  private int samples;

  @Mixin private final StudentInit init = new StudentInit();

  @Option(
      names = "--learn",
      paramLabel = "WHAT",
      description =
          "Train the factors of a new LoRA (factors), or a weight for each adapter at each layer, by"
              + " which LoRAs count side by side as they are (weights) (default: ${DEFAULT-VALUE}).",
      defaultValue = "factors")
  private Learn learn = Learn.factors;

  @Option(
      names = "--target",
      paramLabel = "WHAT",
      description =
          "Learn what the teachers predict for their pictures (predictions), or these pictures"
              + " themselves (pictures) (default: ${DEFAULT-VALUE}).",
      defaultValue = "predictions")
  private Target target = Target.predictions;

  @Mixin private final StudentOptions student = new StudentOptions();

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
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long start = System.nanoTime();
    Map<String, WeightedFile> named = named();
    student.model.memory.refuse("distill holds all weights");
    BaseOutline outline = student.model.outline();
    Map<String, LoadedAdapter> loaded = new LinkedHashMap<>();
    named.forEach(
        (name, file) -> loaded.put(name, AdapterFiles.read(file.file(), outline.family())));
    List<Adapter> adapters = loaded.values().stream().map(LoadedAdapter::adapter).toList();
    long usual = adapters.stream().mapToLong(Provenance::greatestRank).max().orElse(0);
    RunSettings settings = student.settings(console, usual == 0 ? 16 : usual);
    OutputFile.require(settings.out(), ".safetensors");
    files.requireOther(settings.out());
    Optional<LoraSoupTraining> soup =
        learn == Learn.weights
            ? Optional.of(LearnedWeights.method(parts(loaded, named)))
            : Optional.empty();
    List<String> drawn = drawn(adapters);
    PreviousRun old =
        new PreviousRun(
            settings.out(),
            StyleRun.checkpoints(settings),
            "train --set adapter.warm_start=" + settings.out());
    if (!overwrite) {
      old.refuse(resume);
    }
    try (OpenModel model = OpenModel.of(console, student.model);
        LockedFolder claim = LockedFolder.of(settings.folder())) {
      StyleTrainer trainer = StyleTrainer.on(model.sd());
      UsageBaseModel used = UsageBaseModel.of(model.sd().base());
      loaded.forEach((name, one) -> used.tell(console, file(named, name).file(), one));
      TaughtPictures pictures = new TaughtPictures(settings, student.dropout, last);
      TeacherPictures drawing =
          new TeacherPictures(
              console,
              model.sd(),
              settings.folder().resolve("teachers"),
              TeacherPrompts.some(drawn, drawn.isEmpty() ? 0 : samples, settings.style().seed()),
              settings.style().seed());
      loaded.forEach(
          (name, one) -> pictures.add(teacher(drawing, name, one.adapter(), file(named, name))));
      pictures.notes().forEach(console::note);
      if (!last && student.model.base.isEmpty() && pictures.called()) {
        console.note(
            "The bundled base knows styles by words behind the thing ('a fox, ink') and loses the"
                + " thing behind others; --trigger-last puts them there.");
      }
      Optional<LearnedWeights> weights = soup.map(m -> new LearnedWeights(model.sd(), m));
      StyleSettings style =
          weights
              .map(w -> settings.style().with(w.recipe(settings.style().recipe())))
              .orElseGet(() -> style(console, model.sd(), settings, pictures.teachers()));
      weights.ifPresent(w -> w.begin(console));
      AdapterPlan plan = style.recipe().plan(model.sd().base().sites().all());
      style.requireFits(plan);
      style.objective().requireFits(model.sd().base().schedule());
      PreparedRun run =
          new PreparedRun(
              settings,
              style,
              pictures.survey(outline.side(), outline.sizeUnit()),
              plan,
              model,
              Optional.empty());
      StyleRun training =
          new StyleRun(console, run, student.model.words(), identity(pictures, run));
      trainer =
          trainer
              .data(run.data())
              .settings(style)
              .teachers(target == Target.pictures ? List.of() : pictures.teachers())
              .name(settings.name())
              .metadata(metadata(pictures));
      training.train(trainer, old, resume, overwrite);
      weights.ifPresent(w -> w.tell(console, training.adapter()));
      training.report(start, json);
    }
    return 0;
  }

  private Map<String, String> identity(TaughtPictures pictures, PreparedRun run) {
    Map<String, String> identity = new TreeMap<>(pictures.identity(RunIdentity.of(run)));
    identity.put("target", target.name());
    return identity;
  }

  private Map<String, String> metadata(TaughtPictures pictures) {
    Map<String, String> entries = new TreeMap<>(pictures.metadata());
    if (learn == Learn.weights) {
      entries.put("lora4j_learned", learn.name());
    }
    if (target == Target.pictures) {
      entries.put("lora4j_target", target.name());
    }
    return entries;
  }

  /**
   * The teachers by their names; what is wrong with the options is found before anything is read.
   */
  private Map<String, WeightedFile> named() {
    Map<String, WeightedFile> named = files.named();
    files.requirePaths("--images", images);
    files.requireNamed("--trigger", triggers);
    images.values().forEach(ExistingPath::folder);
    if (learn == Learn.weights) {
      UnusedOptions.refuse(
          spec,
          List.of("--init", "--rank", "--alpha"),
          "--learn weights, which keeps the factors that the adapters have");
    }
    if (samples < 1) {
      throw new ParameterException(
          spec.commandLine(), "--samples must be at least 1, found " + samples + ".");
    }
    if (images.keySet().containsAll(named.keySet())) {
      UnusedOptions.refuse(
          spec, List.of("--prompts", "--samples"), "--images for all teachers, which draw nothing");
    }
    return named;
  }

  private static List<LoraSoupTraining.Part> parts(
      Map<String, LoadedAdapter> loaded, Map<String, WeightedFile> named) {
    List<LoraSoupTraining.Part> parts = new ArrayList<>();
    loaded.forEach(
        (name, one) ->
            parts.add(
                new LoraSoupTraining.Part(
                    described(name, one.adapter()), file(named, name).weight())));
    return parts;
  }

  private static Adapter described(String name, Adapter adapter) {
    return adapter.described(name, adapter.metadata());
  }

  private static WeightedFile file(Map<String, WeightedFile> named, String name) {
    return Optional.ofNullable(named.get(name)).orElseThrow();
  }

  /** Prompts of pictures that are drawn; none if no teacher draws any. */
  private List<String> drawn(List<Adapter> adapters) {
    if (images.size() == files.files().size()) {
      return List.of();
    }
    if (prompts.isPresent()) {
      return TeacherPrompts.of(prompts.get());
    }
    return student.model.base.isEmpty()
        ? TeacherPrompts.bundled()
        : TeacherPrompts.recorded(adapters);
  }

  private Teacher teacher(
      TeacherPictures drawing, String name, Adapter adapter, WeightedFile file) {
    String own = TeacherPrompts.trigger(adapter);
    Path folder =
        Optional.ofNullable(images.get(name))
            .orElseGet(() -> drawing.of(name, adapter, file.weight(), own));
    String trigger = triggers.getOrDefault(name, own).strip();
    return new Teacher(described(name, adapter), file.weight(), folder, own, trigger);
  }

  private StyleSettings style(
      Console console, StableDiffusion sd, RunSettings settings, List<Teacher> teachers) {
    AdapterRecipe recipe = settings.style().recipe();
    StudentStart starting =
        new StudentStart(sd, teachers, recipe.rank(), recipe.alpha(), settings.style().seed());
    String name = settings.name();
    Adapter first = init.first(() -> starting.merged(name), () -> starting.fresh(name));
    console.note(
        "The student has rank "
            + recipe.rank()
            + " at "
            + first.sites().size()
            + " layers of the denoiser.");
    return settings
        .style()
        .with(recipe.targets(TargetLayers.of()).from(first).rank(recipe.rank(), recipe.alpha()));
  }
}
