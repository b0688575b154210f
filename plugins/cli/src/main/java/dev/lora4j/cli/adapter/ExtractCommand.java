package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.bake.CheckpointDifferences;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.lowrank.Difference;
import dev.lora4j.core.lowrank.ExtractedAdapter;
import dev.lora4j.core.lowrank.Extraction;
import dev.lora4j.core.lowrank.RangeFinder;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes an adapter of what two checkpoints differ by. */
@Extension(
    point = Command.class,
    name = "extract",
    help = "Make an adapter of what two checkpoints of one model differ by.")
@picocli.CommandLine.Command(
    name = "extract",
    sortOptions = false,
    description = {
      "Make an adapter of what two checkpoints of one model differ by.",
      "",
      "Either may be one file, an index of shards, or a model folder. The greatest directions of"
          + " each difference are looked for with random vectors, which takes a few products where"
          + " --exact computes all singular values; the error that is told is measured either way."
    })
public final class ExtractCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "DIR|FILE",
      description = "The model that was trained from.")
  private Path base = Path.of("");

  @Option(
      names = "--tuned",
      required = true,
      paramLabel = "DIR|FILE",
      description = "The model that came out.")
  private Path tuned = Path.of("");

  @Mixin private final AdapterOutputOption output = new AdapterOutputOption();
  @Mixin private final RankOptions ranks = new RankOptions();

  @Option(
      names = "--min-diff",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "Leave out layers of which no weight differs by more than X (default:"
              + " ${DEFAULT-VALUE}).")
  private double least;

  @Option(names = "--exact", description = "Compute all singular values.")
  private boolean exact;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the random vectors (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--with-biases",
      description = "Also take changes of biases and norms, whole; few programs read them.")
  private boolean wholes;

  @Mixin private final PrecisionOption precision = new PrecisionOption();

  @Option(names = "--per-layer", description = "A line for each layer, not for each block.")
  private boolean layers;

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    RankRules rules = checked();
    if (!(least >= 0) || Double.isInfinite(least)) {
      throw Failure.usage("--min-diff must be 0 or more, found " + least + ".");
    }
    if (exact) {
      UnusedOptions.refuse(spec, List.of("--seed"), "--exact, which draws nothing at random");
    }
    ExistingPath.any(base);
    ExistingPath.any(tuned);
    output.require(spec);
    output.requireOther(base);
    output.requireOther(tuned);
    long began = System.nanoTime();
    DType stored = precision.type(DType.F16);
    try (BaseCheckpoint before = BaseCheckpoint.open(base);
        BaseCheckpoint after = BaseCheckpoint.open(tuned)) {
      List<Difference> differences =
          CheckpointDifferences.of(before, after, this::takesPart, wholes);
      ExtractedAdapter found = extract(console, rules, differences, stored);
      Adapter adapter = found.truncated().adapter();
      Adapter written =
          output.write(
              console,
              adapter,
              Provenance.extracted(name(base), name(tuned), adapter),
              before.base());
      BlockNames blocks = new BlockNames(before.base().sites());
      report(console, found, blocks, written, stored);
    }
    console.note("Done in " + Durations.since(began) + ".");
    return 0;
  }

  /** The rules; what is wrong with them is found before anything is read. */
  private RankRules checked() {
    try {
      if (!ranks.given()) {
        throw new IllegalArgumentException(
            "say --rank N, --sv-ratio X, --sv-fro X or --sv-cumulative X");
      }
      if (!exact && ranks.countsAll()) {
        throw new IllegalArgumentException(
            "--sv-cumulative counts all singular values; it needs --exact");
      }
      if (!exact && !ranks.bounded()) {
        throw new IllegalArgumentException(
            "looking for directions needs to know how many at most; say --rank N too, or --exact");
      }
      return ranks.rules(Integer.MAX_VALUE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private boolean takesPart(Site site) {
    boolean kernel = site.kernel();
    return switch (site.kind()) {
      case LINEAR -> true;
      case CONVOLUTION -> !kernel || !ranks.withoutKernels();
      case NORM -> wholes;
      case EMBEDDING -> false;
    };
  }

  private ExtractedAdapter extract(
      Console console, RankRules rules, List<Difference> differences, DType stored) {
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("extract");
        Progress progress = console.progress("extracting", differences.size(), "layer")) {
      Extraction extraction =
          new Extraction(scope, rules, stored)
              .minChange(least)
              .listener((done, of) -> progress.done(done, ""));
      if (!exact) {
        RangeFinder standard = RangeFinder.STANDARD;
        extraction.randomised(new RangeFinder(seed, standard.extra(), standard.rounds()));
      }
      return extraction.of(output.name(), differences);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName())
        .replaceFirst("\\.safetensors$", "");
  }

  private void report(
      Console console, ExtractedAdapter found, BlockNames blocks, Adapter written, DType stored) {
    TruncationTable table = new TruncationTable(found.truncated(), blocks);
    if (json) {
      console.print(
          new Json()
              .put("file", output.file.toString())
              .put("identity", written.identity())
              .put("precision", stored.toString())
              .put("exact", exact)
              .put("error", found.truncated().error())
              .put("unchanged", List.copyOf(found.unchanged()))
              .put("layers", table.json())
              .toString());
      return;
    }
    console.print(
        output.file
            + "  "
            + written.sites().size()
            + " layers, "
            + found.unchanged().size()
            + " the same in both, "
            + stored
            + ", identity "
            + written.identity());
    console.print(table.lines(layers));
  }
}
