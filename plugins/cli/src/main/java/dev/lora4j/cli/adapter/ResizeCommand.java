package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.model.FamilyOption;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives an adapter another rank. */
@Extension(
    point = Command.class,
    name = "resize",
    help = "Give an adapter another rank at each layer, keeping as much of it as can be kept.")
@picocli.CommandLine.Command(
    name = "resize",
    sortOptions = false,
    description = {
      "Give an adapter another rank at each layer, keeping as much of it as any LoRA of that rank"
          + " can.",
      "",
      "LoHa, LoKr and whole differences become LoRA this way, with the error that is told. Say"
          + " --rank, or one of the --sv rules, which decide at each layer by its singular values;"
          + " --rank then is the most.",
      "",
      "Blocks are called as by compare."
    })
public final class ResizeCommand implements Command {
  /** Options of what is computed. */
  private static final List<String> COMPUTING = List.of("--dtype", "--threads", "--per-layer");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      converter = StoredAdapterFile.Reader.class,
      description = "The adapter.")
  private Path file = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description = "Where to write; the same as --output.")
  private Optional<Path> out = Optional.empty();

  @Mixin private final AdapterOutputOption output = new AdapterOutputOption();
  @Mixin private final RankOptions ranks = new RankOptions();
  @Mixin private final PrecisionOption precision = new PrecisionOption();
  @Mixin private final FamilyOption base = new FamilyOption();
  @Mixin private final PartialOption partial = new PartialOption();

  @Option(
      names = "--dylora",
      description =
          "Keep the first N directions of an adapter that DyLoRA trained, N by --rank, as it was"
              + " trained to be used; nothing is computed.")
  private boolean dylora;

  @Option(names = "--per-layer", description = "A line for each layer, not for each block.")
  private boolean layers;

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    RankRules rules = checked();
    output.orElse(spec, out);
    output.require(spec);
    output.requireOther(file);
    long began = System.nanoTime();
    ReadAdapters read = ReadAdapters.of(console, List.of(file), base.family(), partial.options());
    LoadedAdapter loaded = read.all().get(0);
    Adapter before = loaded.adapter();
    DType stored = precision.type(List.of(before));
    if (dylora) {
      cut(console, read, loaded);
      return 0;
    }
    TruncatedAdapter cut;
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("resize");
        Progress progress = console.progress("resizing", before.sites().size(), "layer")) {
      cut =
          new LowRankAlgebra(scope, read.sites())
              .listener((done, of) -> progress.done(done, ""))
              .truncate(output.name(), List.of(new Term(before, 1)), rules, stored);
    }
    Metadata metadata =
        Provenance.resized(
            new Metadata(before.metadata()),
            Provenance.greatestRank(before),
            ranks.words(),
            cut.adapter());
    Adapter written = output.write(console, cut.adapter(), metadata, read);
    report(console, loaded, written, new TruncationTable(cut, read.blocks()), stored);
    console.note("Done in " + Durations.since(began) + ".");
    return 0;
  }

  /** Writes the first directions, whose values stay as they are. */
  private void cut(Console console, ReadAdapters read, LoadedAdapter loaded) {
    Adapter before = loaded.adapter();
    DyloraRule rule =
        DyloraRule.of(new Metadata(before.metadata()))
            .orElseThrow(
                () ->
                    new Failure(
                        file
                            + " was not trained by DyLoRA, as its header says; leave --dylora out"
                            + " for the best adapter of this rank."));
    Adapter cut = rule.cut(before, ranks.fixed());
    Metadata metadata =
        Provenance.resized(
                new Metadata(before.metadata()), Provenance.greatestRank(before), "", cut)
            .withAll(rule.kept());
    Adapter written = output.write(console, cut, metadata, read);
    Json found = reported(loaded, written);
    console.print(json ? found.toString() : changed(before, written));
  }

  private Json reported(LoadedAdapter loaded, Adapter written) {
    return new Json()
        .put("file", output.file.toString())
        .put("identity", written.identity())
        .put("keys", KeyReport.json(loaded.account()))
        .put("rankBefore", Provenance.greatestRank(loaded.adapter()))
        .put("rank", Provenance.greatestRank(written));
  }

  private String changed(Adapter before, Adapter written) {
    return output.file
        + "  rank "
        + Provenance.greatestRank(before)
        + " to "
        + Provenance.greatestRank(written)
        + ", identity "
        + written.identity();
  }

  /** The rules; what is wrong with them is found before anything is read. */
  private RankRules checked() {
    try {
      if (dylora) {
        ranks.requireFixed();
        UnusedOptions.refuse(spec, COMPUTING, "--dylora, which computes nothing");
      }
      if (!ranks.given()) {
        throw new IllegalArgumentException(
            "say --rank N, --sv-ratio X, --sv-fro X or --sv-cumulative X");
      }
      ranks.requireKernels();
      return ranks.rules(Integer.MAX_VALUE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void report(
      Console console, LoadedAdapter loaded, Adapter written, TruncationTable table, DType stored) {
    if (json) {
      console.print(
          reported(loaded, written)
              .put("precision", stored.toString())
              .put("error", table.truncated().error())
              .put("layers", table.json())
              .toString());
      return;
    }
    console.print(changed(loaded.adapter(), written) + ", " + stored);
    console.print(table.lines(layers));
  }
}
